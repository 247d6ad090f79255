import { readFileSync } from 'node:fs'

/** Payloads are deep, and tests read them by paths that they know. */
// biome-ignore lint/suspicious/noExplicitAny: a type for each would say the contract a second time
export type Payload = Record<string, any>

/** Real payloads of GitHub's webhooks, which are the shapes that its API answers with too. */
const EXAMPLES = JSON.parse(
  readFileSync(
    new URL('../../node_modules/@octokit/webhooks-examples/api.github.com/index.json', import.meta.url),
    'utf8',
  ),
) as readonly { readonly name: string; readonly examples: readonly Payload[] }[]

/** Every example of an event. */
export function examplesOf(event: string): readonly Payload[] {
  return EXAMPLES.find((entry) => entry.name === event)?.examples ?? []
}

/** A fresh copy of an event's example, with the repository renamed. */
export function exampleOf(event: string, action?: string, repository = 'acme/shop'): Payload {
  const found = examplesOf(event).find((example) => action === undefined || example['action'] === action)
  if (found === undefined) throw new Error(`there is no example of ${event} ${action ?? ''}`)
  return renamed(found, repository)
}

export interface PullRequestPayload {
  readonly number: number
  readonly base: string
  readonly baseRef?: string
  readonly head: string
  readonly headRepository?: string
  readonly headRef?: string
  readonly user?: string
}

/** The `pull_request` event of a pull request of ours. */
export function pullRequestEvent(action: string, of: PullRequestPayload, repository = 'acme/shop'): Payload {
  const payload = exampleOf('pull_request', action, repository)
  return { ...payload, number: of.number, pull_request: pullRequestBody(of, repository) }
}

/** A pull request as event and API give it. */
export function pullRequestBody(of: PullRequestPayload, repository: string): Payload {
  const body = exampleOf('pull_request', 'assigned', repository)['pull_request'] as Payload
  const headRepository = of.headRepository ?? repository
  return {
    ...body,
    number: of.number,
    user: userBody(of.user ?? 'mona'),
    base: { ...body['base'], sha: of.base, ref: of.baseRef ?? 'main' },
    head: {
      ...body['head'],
      sha: of.head,
      ref: of.headRef ?? 'change',
      repo: renamed(body['base'].repo, headRepository, repository),
    },
  }
}

export function userBody(login: string): Payload {
  const body = renamed(exampleOf('issue_comment')['comment'].user as Payload, login, 'Codertocat')
  return { ...body, login, type: login.endsWith('[bot]') ? 'Bot' : 'User' }
}

function renamed(value: Payload, to: string, from = 'Codertocat/Hello-World'): Payload {
  const url = to.split('/').map(encodeURIComponent).join('/')
  return JSON.parse(JSON.stringify(value), (key, part) => {
    if (typeof part !== 'string') return part
    if (key === 'name' && part === 'Hello-World') return to.split('/')[1]
    return /^https?:/.test(part) ? part.replaceAll(from, url) : part.replaceAll(from, to)
  })
}
