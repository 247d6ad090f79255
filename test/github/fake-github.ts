import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { checkResponse, routeRequest } from './contract.ts'
import { type Answer, fail, HANDLERS, type Handler, type Request } from './fake-operations.ts'
import type { FakeRepository } from './fake-repository.ts'

/** A GitHub of one repository on a local port, which keeps what is written to it and holds every request against GitHub's description. */
export interface FakeGitHub {
  /** For `GITHUB_API_URL`. */
  readonly url: string
  readonly state: State
  /** Every request that came, in order. */
  readonly requests: readonly Seen[]
  /** Operations of the requests that write, in order. */
  writes(): readonly string[]
  /** Answers the next requests of an operation so; `*` stands for every operation. */
  failNext(operation: string, answer: Failure, times?: number): void
  /** Never answers an operation. */
  hang(operation: string): void
  /** Stops, and throws where a request or an answer did not keep to the description. */
  close(): Promise<void>
}

interface Seen {
  readonly operation: string
  readonly status: number
}

interface Failure {
  readonly status: number
  readonly message: string
  readonly headers?: Readonly<Record<string, string>>
}

export interface Options {
  readonly repository: FakeRepository
  /** `owner/name`. */
  readonly name?: string
  readonly token?: string
  readonly viewer?: string
  readonly permissions?: Partial<Permissions>
  /** Requests until the primary rate limit is reached. */
  readonly budget?: number
}

export interface Permissions {
  readonly contents: Level
  readonly pullRequests: Level
}
type Level = 'none' | 'read' | 'write'

/** What the fake keeps; tests may look and write. */
export interface State {
  readonly repository: FakeRepository
  readonly name: string
  readonly viewer: string
  readonly pullRequests: Map<number, PullRequestState>
  readonly comments: CommentState[]
  readonly reviews: ReviewState[]
  readonly reviewComments: ReviewCommentState[]
  /** Node ids of comments that were folded away. */
  readonly minimized: Set<string>
  /** Paths whose `patch` is left off, as GitHub does for large ones. */
  readonly withoutPatch: Set<string>
  /** GitHub lists a part of the tree only. */
  truncatedTrees: boolean
  permissions: Permissions
  nextId: number
  url: string
}

export interface PullRequestState {
  readonly number: number
  head: string
  readonly headRepository: string
  readonly headRef: string
  readonly baseRef: string
  /** `base.sha`: what the base stood at when the pull request was last pushed to. */
  baseAtPush: string
  readonly user: string
  state: 'open' | 'closed'
  /** Times that GitHub still answers `mergeable: null`. */
  unknownMergeable: number
}

interface CommentState {
  readonly id: number
  readonly issue: number
  readonly user: string
  body: string
}

interface ReviewState {
  readonly id: number
  readonly pullRequest: number
  readonly commit: string
  readonly body: string
}

export interface ReviewCommentState extends Omit<CommentState, 'issue'> {
  readonly pullRequest: number
  readonly review: number
  readonly path: string
  line: number | null
  startLine: number | null
  readonly originalLine: number
  readonly commit: string
  readonly replyTo?: number
}

export async function startFakeGitHub(options: Options): Promise<FakeGitHub> {
  const state: State = {
    repository: options.repository,
    name: options.name ?? 'acme/shop',
    viewer: options.viewer ?? 'github-actions[bot]',
    pullRequests: new Map(),
    comments: [],
    reviews: [],
    reviewComments: [],
    minimized: new Set(),
    withoutPatch: new Set(),
    truncatedTrees: false,
    permissions: { contents: 'read', pullRequests: 'write', ...options.permissions },
    nextId: 1_000,
    url: '',
  }
  const token = options.token ?? 'a-token'
  const requests: (Seen & { readonly method: string })[] = []
  const violations: string[] = []
  const failures: { operation: string; answer: Failure; times: number }[] = []
  const hanging = new Set<string>()
  let budget = options.budget ?? 1_000

  const answer = (request: Request | undefined, incoming: IncomingMessage): Answer => {
    if (request === undefined) {
      violations.push(`${incoming.method} ${incoming.url}: no such operation is described`)
      return fail(404, 'Not Found')
    }
    violations.push(...request.violations.map((violation) => `${request.operation}: ${violation}`))
    if (request.violations.length > 0) return fail(422, `Validation Failed: ${request.violations.join('; ')}`)
    if (
      !/^(?:token|bearer) /i.test(incoming.headers.authorization ?? '') ||
      !incoming.headers.authorization?.endsWith(token)
    ) {
      return fail(401, 'Bad credentials')
    }
    if (budget-- <= 0) {
      const reset = String(Math.ceil(Date.now() / 1_000) + 3_600)
      const headers = { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': reset }
      return { ...fail(403, 'API rate limit exceeded for installation.'), headers }
    }
    const planned = failures.find(
      (one) => one.times > 0 && (one.operation === request.operation || one.operation === '*'),
    )
    if (planned !== undefined) {
      planned.times--
      const { status, message, headers = {} } = planned.answer
      return { ...fail(status, message), headers }
    }
    const handler = HANDLERS[request.operation]
    if (handler === undefined) throw new Error(`the fake has no ${request.operation}`)
    return allowed(handler, state.permissions)
      ? handler.run(state, request)
      : fail(403, 'Resource not accessible by integration')
  }

  const server = createServer((incoming, outgoing) => {
    receive(incoming)
      .then((body) => {
        const url = new URL(incoming.url ?? '/', state.url)
        if (url.pathname.startsWith('/_archive/')) return sendArchive(state, url, outgoing)
        const request = read(incoming.method ?? 'GET', url, body)
        if (request !== undefined && (hanging.has(request.operation) || hanging.has('*'))) return
        const given = answer(request, incoming)
        const operation = request?.operation ?? `${incoming.method} ${url.pathname}`
        requests.push({ operation, status: given.status, method: incoming.method ?? 'GET' })
        if (request !== undefined && !operation.startsWith('graphql')) {
          violations.push(
            ...checkResponse(operation, given.status, given.body).map((violation) => `${operation}: ${violation}`),
          )
        }
        send(outgoing, given)
      })
      .catch((error: unknown) => {
        violations.push(String(error instanceof Error ? error.stack : error))
        send(outgoing, fail(500, 'the fake failed'))
      })
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  state.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`

  return {
    url: state.url,
    state,
    requests,
    writes: () =>
      requests
        .filter(
          ({ method, operation, status }) =>
            (operation === 'graphql:mutation' || (method !== 'GET' && operation !== 'graphql')) && status < 400,
        )
        .map(({ operation }) => operation),
    failNext: (operation, given, times = 1) => {
      failures.push({ operation, answer: given, times })
    },
    hang: (operation) => {
      hanging.add(operation)
    },
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => {
        server.close(resolve)
      })
      if (violations.length > 0) throw new Error(`the contract with GitHub was broken:\n${violations.join('\n')}`)
    },
  }
}

/** GitHub takes a comment on a pull request with the permission for either. */
function allowed(handler: Handler, permissions: Permissions): boolean {
  const levels: readonly Level[] = ['none', 'read', 'write']
  const [scope, level] = handler.needs
  return levels.indexOf(permissions[scope]) >= levels.indexOf(level)
}

function read(method: string, url: URL, body: unknown): Request | undefined {
  if (url.pathname === '/graphql') {
    const mutation = String((body as { query?: string }).query)
      .trimStart()
      .startsWith('mutation')
    const operation = mutation ? 'graphql:mutation' : 'graphql'
    return { operation, path: new Map(), query: new Map(), body, violations: [], url }
  }
  const routed = routeRequest(method, url, body)
  return routed === undefined ? undefined : { ...routed, body, url }
}

async function receive(incoming: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = []
  for await (const chunk of incoming) chunks.push(chunk as Buffer)
  return chunks.length === 0 ? undefined : JSON.parse(Buffer.concat(chunks).toString('utf8'))
}

function send(outgoing: ServerResponse, { status, body, headers = {} }: Answer): void {
  outgoing.writeHead(status, { 'content-type': 'application/json; charset=utf-8', ...headers })
  outgoing.end(body === undefined ? undefined : JSON.stringify(body))
}

/** Where the archive's redirect leads: without a token, as on GitHub. */
function sendArchive(state: State, url: URL, outgoing: ServerResponse): void {
  const commit = url.pathname.split('/').at(-1)!
  const prefix = `${state.name.replace('/', '-')}-${commit.slice(0, 7)}/`
  outgoing.writeHead(200, { 'content-type': 'application/x-gzip' })
  outgoing.end(state.repository.gitBytes('archive', '--format=tar.gz', `--prefix=${prefix}`, commit))
}
