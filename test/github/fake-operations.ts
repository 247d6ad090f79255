import { readHunks } from '../../src/github/diff-lines.ts'
import type { Routed } from './contract.ts'
import type { Permissions, PullRequestState, ReviewCommentState, State } from './fake-github.ts'
import { exampleOf, type Payload, pullRequestBody, userBody } from './payloads.ts'

export interface Request extends Routed {
  readonly body: unknown
  readonly url: URL
}

export interface Answer {
  readonly status: number
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
}

/** One operation: what the token must be allowed, and what it does. */
export interface Handler {
  readonly needs: readonly [keyof Permissions, 'read' | 'write']
  run(state: State, request: Request): Answer
}

/** By `operationId`, and GraphQL's two. The schema says what they look like; here are the rules that it lacks. */
export const HANDLERS: Readonly<Record<string, Handler>> = {
  'pulls/get': read('pullRequests', (state, { path }) => {
    const pull = findPull(state, path)
    return pull === undefined ? fail(404, 'Not Found') : { status: 200, body: toPull(state, pull) }
  }),
  'pulls/list': read('pullRequests', (state, request) => {
    const [owner, branch] = (request.query.get('head') ?? ':').split(':')
    const found = [...state.pullRequests.values()].filter(
      (pull) => pull.headRepository.startsWith(`${owner}/`) && pull.headRef === branch && pull.state === 'open',
    )
    return paged(
      request,
      found.map((pull) => simple(toPull(state, pull))),
    )
  }),
  'pulls/list-files': read('pullRequests', (state, request) => {
    const pull = findPull(state, request.path)
    return pull === undefined ? fail(404, 'Not Found') : paged(request, listFiles(state, pull))
  }),
  'pulls/list-review-comments': read('pullRequests', (state, request) => {
    const number = Number(request.path.get('pull_number'))
    const found = state.reviewComments.filter((comment) => comment.pullRequest === number)
    return paged(
      request,
      found.map((comment) => toReviewComment(state, comment)),
    )
  }),
  'pulls/create-review': write('pullRequests', createReview),
  'pulls/update-review-comment': write('pullRequests', (state, { path, body }) => {
    const comment = state.reviewComments.find((one) => one.id === Number(path.get('comment_id')))
    if (comment === undefined) return fail(404, 'Not Found')
    const text = (body as { body: string }).body
    if (text.length > MOST_CHARACTERS) return tooLong()
    comment.body = text
    return { status: 200, body: toReviewComment(state, comment) }
  }),
  'pulls/delete-review-comment': write('pullRequests', (state, { path }) => {
    const at = state.reviewComments.findIndex((one) => one.id === Number(path.get('comment_id')))
    if (at < 0) return fail(404, 'Not Found')
    state.reviewComments.splice(at, 1)
    return { status: 204 }
  }),

  'issues/list-comments': read('pullRequests', (state, request) => {
    const number = Number(request.path.get('issue_number'))
    const found = state.comments.filter((comment) => comment.issue === number)
    return paged(
      request,
      found.map((comment) => toComment(state, comment)),
    )
  }),
  'issues/create-comment': write('pullRequests', (state, { path, body }) => {
    const issue = Number(path.get('issue_number'))
    const text = (body as { body: string }).body
    if (!state.pullRequests.has(issue)) return fail(404, 'Not Found')
    if (text.length > MOST_CHARACTERS) return tooLong()
    const comment = { id: ++state.nextId, issue, user: state.viewer, body: text }
    state.comments.push(comment)
    return { status: 201, body: toComment(state, comment) }
  }),
  'issues/update-comment': write('pullRequests', (state, { path, body }) => {
    const comment = state.comments.find((one) => one.id === Number(path.get('comment_id')))
    const text = (body as { body: string }).body
    if (comment === undefined) return fail(404, 'Not Found')
    if (text.length > MOST_CHARACTERS) return tooLong()
    comment.body = text
    return { status: 200, body: toComment(state, comment) }
  }),

  'git/get-ref': read('contents', (state, { path }) => {
    const ref = path.get('ref')!
    const pull = /^pull\/(\d+)\/merge$/.exec(ref)?.[1]
    const sha =
      pull === undefined
        ? tryGit(state, 'rev-parse', '--verify', '--quiet', `refs/${ref}^{commit}`)
        : testMerge(state, Number(pull))
    if (sha === undefined) return fail(404, 'Not Found')
    const object = { type: 'commit', sha, url: api(state, `git/commits/${sha}`) }
    return { status: 200, body: { ref: `refs/${ref}`, node_id: 'R_1', url: api(state, `git/refs/${ref}`), object } }
  }),
  'git/get-commit': read('contents', (state, { path }) => {
    const commit = toCommit(state, path.get('commit_sha')!)
    return commit === undefined ? fail(404, 'Not Found') : { status: 200, body: commit }
  }),
  'git/get-blob': read('contents', (state, { path }) => {
    const sha = path.get('file_sha')!
    if (tryGit(state, 'cat-file', '-t', sha) !== 'blob') return fail(404, 'Not Found')
    const content = state.repository.gitBytes('cat-file', 'blob', sha)
    const body = { sha, url: api(state, `git/blobs/${sha}`), node_id: 'B_1', size: content.length, encoding: 'base64' }
    return { status: 200, body: { ...body, content: content.toString('base64').replace(/.{60}/g, '$&\n') } }
  }),
  'git/get-tree': read('contents', (state, { path }) => {
    const sha = path.get('tree_sha')!
    const listed = tryGit(state, 'ls-tree', '-r', '-t', '-l', '-z', sha)
    if (listed === undefined) return fail(404, 'Not Found')
    const tree = listed.split('\0').flatMap((line) => {
      const match = /^(\d+) (\w+) ([0-9a-f]+) +(\S+)\t(.*)$/s.exec(line)
      if (match === null) return []
      const [, mode, type, id, size, name] = match
      return [{ path: name, mode, type, sha: id, ...(size !== '-' && { size: Number(size) }) }]
    })
    return { status: 200, body: { sha, url: api(state, `git/trees/${sha}`), tree, truncated: state.truncatedTrees } }
  }),
  'repos/compare-commits-with-basehead': read('contents', (state, { path }) => {
    const [base, head] = path.get('basehead')!.split('...') as [string, string]
    const mergeBase = tryGit(state, 'merge-base', base, head)
    if (mergeBase === undefined) return fail(404, 'Not Found')
    const url = api(state, `compare/${base}...${head}`)
    const links = { url, html_url: url, permalink_url: url, diff_url: url, patch_url: url }
    const commits = { base_commit: toHistory(state, base), merge_base_commit: toHistory(state, mergeBase), commits: [] }
    return {
      status: 200,
      body: { ...links, ...commits, status: 'diverged', ahead_by: 1, behind_by: 1, total_commits: 1 },
    }
  }),
  'repos/download-tarball-archive': read('contents', (state, { path }) => {
    const commit = tryGit(state, 'rev-parse', '--verify', '--quiet', `${path.get('ref')}^{commit}`)
    if (commit === undefined) return fail(404, 'Not Found')
    return { status: 302, headers: { location: `${state.url}/_archive/${commit}` } }
  }),

  graphql: read('contents', (state) => ({ status: 200, body: { data: { viewer: { login: state.viewer } } } })),
  'graphql:mutation': {
    needs: ['pullRequests', 'read'],
    run(state, { body }) {
      const { variables } = body as { variables: { id: string } }
      if (state.permissions.pullRequests !== 'write') {
        const errors = [
          { type: 'FORBIDDEN', path: ['minimizeComment'], message: 'Resource not accessible by integration' },
        ]
        return { status: 200, body: { data: { minimizeComment: null }, errors } }
      }
      state.minimized.add(variables.id)
      return { status: 200, body: { data: { minimizeComment: { minimizedComment: { isMinimized: true } } } } }
    },
  },
}

/** Of an issue's, a pull request's and a review comment's body. */
const MOST_CHARACTERS = 65_536

export function fail(status: number, message: string): Answer {
  return { status, body: { message, documentation_url: 'https://docs.github.com/rest', status: String(status) } }
}

function tooLong(): Answer {
  const errors = [
    {
      resource: 'IssueComment',
      code: 'unprocessable',
      field: 'data',
      message: 'Body is too long (maximum is 65536 characters)',
    },
  ]
  return {
    status: 422,
    body: { message: 'Validation Failed', errors, documentation_url: 'https://docs.github.com/rest' },
  }
}

function read(scope: keyof Permissions, run: Handler['run']): Handler {
  return { needs: [scope, 'read'], run }
}

function write(scope: keyof Permissions, run: Handler['run']): Handler {
  return { needs: [scope, 'write'], run }
}

function paged({ query, url }: Request, items: readonly unknown[]): Answer {
  const size = Math.min(Number(query.get('per_page') ?? 30), 100)
  const page = Number(query.get('page') ?? 1)
  const last = Math.max(1, Math.ceil(items.length / size))
  const linkTo = (to: number, rel: string) => {
    const target = new URL(url)
    target.searchParams.set('page', String(to))
    return `<${target}>; rel="${rel}"`
  }
  const link = page < last ? { link: `${linkTo(page + 1, 'next')}, ${linkTo(last, 'last')}` } : {}
  return { status: 200, body: items.slice((page - 1) * size, page * size), headers: link }
}

interface ReviewRequest {
  readonly commit_id?: string
  readonly body?: string
  readonly event?: string
  readonly comments?: readonly {
    readonly path: string
    readonly body: string
    readonly line?: number
    readonly side?: string
    readonly start_line?: number
    readonly start_side?: string
  }[]
}

/** All comments or none. */
function createReview(state: State, { path, body }: Request): Answer {
  const pull = findPull(state, path)
  if (pull === undefined) return fail(404, 'Not Found')
  const { commit_id: commit = pull.head, comments = [], event, body: text = '' } = body as ReviewRequest
  if (event !== 'COMMENT') return unprocessable(`${event ?? 'PENDING'} is no event of ours`)
  if (commit !== pull.head) return unprocessable('Pull request review thread commit is not part of the pull request')
  const files = new Map(listFiles(state, pull).map((file) => [file.filename, file]))
  for (const comment of comments) {
    const patch = files.get(comment.path)?.patch
    if (patch === undefined)
      return unprocessable(
        "Pull request review thread path is invalid and Pull request review thread diff hunk can't be blank",
      )
    if (comment.body.length > MOST_CHARACTERS) return unprocessable('Body is too long (maximum is 65536 characters)')
    const { line, start_line: start = line } = comment
    if (line === undefined || start === undefined || comment.side !== 'RIGHT')
      return unprocessable('Line could not be resolved')
    if (comment.start_line !== undefined && start >= line)
      return unprocessable('Pull request review thread start line must precede the end line.')
    const hunks = readHunks(patch)
    const inside = (hunk: (typeof hunks)[number], at: number) => at >= hunk.start && at < hunk.start + hunk.lines.length
    const hunk = hunks.find((one) => inside(one, line))
    if (hunk === undefined) {
      return unprocessable(
        "Pull request review thread line must be part of the diff and Pull request review thread diff hunk can't be blank",
      )
    }
    if (!inside(hunk, start))
      return unprocessable('Pull request review thread start line must be part of the same hunk as the line.')
  }
  const review = { id: ++state.nextId, pullRequest: pull.number, commit, body: text }
  state.reviews.push(review)
  for (const comment of comments) {
    state.reviewComments.push({
      id: ++state.nextId,
      pullRequest: pull.number,
      review: review.id,
      user: state.viewer,
      body: comment.body,
      path: comment.path,
      line: comment.line!,
      startLine: comment.start_line ?? null,
      originalLine: comment.line!,
      commit,
    })
  }
  const example = exampleOf('pull_request_review')['review']
  const answer = {
    ...example,
    id: review.id,
    user: userBody(state.viewer),
    body: text,
    commit_id: commit,
    state: 'COMMENTED',
  }
  return { status: 200, body: answer }
}

function unprocessable(error: string): Answer {
  const documentation_url = 'https://docs.github.com/rest/pulls/reviews#create-a-review-for-a-pull-request'
  return { status: 422, body: { message: 'Unprocessable Entity', errors: [error], documentation_url } }
}

function findPull(state: State, path: ReadonlyMap<string, string>): PullRequestState | undefined {
  return state.pullRequests.get(Number(path.get('pull_number')))
}

function baseOf(state: State, pull: PullRequestState): string {
  return state.repository.git('rev-parse', `refs/heads/${pull.baseRef}`)
}

/** The commit that `refs/pull/N/merge` names, or undefined where there is a conflict. */
export function testMerge(state: State, number: number): string | undefined {
  const pull = state.pullRequests.get(number)
  return pull === undefined ? undefined : state.repository.testMerge(baseOf(state, pull), pull.head)
}

function toPull(state: State, pull: PullRequestState): Payload {
  const { number, head, headRepository, headRef, baseRef, user } = pull
  const body = pullRequestBody(
    { number, base: pull.baseAtPush, baseRef, head, headRepository, headRef, user },
    state.name,
  )
  const merge = testMerge(state, number)
  const mergeable = pull.unknownMergeable > 0 ? null : merge !== undefined
  if (pull.unknownMergeable > 0) pull.unknownMergeable--
  return { ...body, state: pull.state, mergeable, merge_commit_sha: merge ?? null }
}

/** Lists leave off what costs GitHub work. */
function simple({ mergeable: _, ...pull }: Payload): unknown {
  return pull
}

interface FileEntry {
  readonly filename: string
  readonly patch?: string
}

const STATUS: Readonly<Record<string, string>> = { A: 'added', D: 'removed', M: 'modified', T: 'changed' }

/** What the pull request changes since it left its base, as GitHub's page shows it. */
function listFiles(state: State, pull: PullRequestState): readonly (FileEntry & Record<string, unknown>)[] {
  const { git } = state.repository
  const mergeBase = git('merge-base', baseOf(state, pull), pull.head)
  const raw = git('diff', '--raw', '--no-abbrev', '--no-renames', '-z', mergeBase, pull.head).split('\0')
  const files: (FileEntry & Record<string, unknown>)[] = []
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const [, , before, after, status] = raw[i]!.split(' ') as [string, string, string, string, string]
    const filename = raw[i + 1]!
    const diff = git('diff', '--no-renames', mergeBase, pull.head, '--', filename)
    const patch = diff.includes('\n@@ ') ? diff.slice(diff.indexOf('\n@@ ') + 1) : undefined
    const lines = patch?.split('\n') ?? []
    const additions = lines.filter((line) => line.startsWith('+')).length
    const deletions = lines.filter((line) => line.startsWith('-')).length
    const url = api(state, `contents/${encodeURIComponent(filename)}`)
    files.push({
      sha: status === 'D' ? before : after,
      filename,
      status: STATUS[status] ?? 'modified',
      additions,
      deletions,
      changes: additions + deletions,
      blob_url: url,
      raw_url: url,
      contents_url: url,
      ...(patch !== undefined && !state.withoutPatch.has(filename) && { patch }),
    })
  }
  return files
}

function toComment(state: State, comment: State['comments'][number]): unknown {
  const body = exampleOf('issue_comment', undefined, state.name)['comment']
  const url = api(state, `issues/comments/${comment.id}`)
  const page = `https://github.com/${state.name}/pull/${comment.issue}#issuecomment-${comment.id}`
  // GitHub stores line ends as a form sends them.
  const text = comment.body.replace(/\r?\n/g, '\r\n')
  return { ...body, id: comment.id, url, html_url: page, user: userBody(comment.user), body: text }
}

function toReviewComment(state: State, comment: ReviewCommentState): unknown {
  const body = exampleOf('pull_request_review_comment', undefined, state.name)['comment']
  return {
    ...body,
    id: comment.id,
    node_id: `PRRC_${comment.id}`,
    pull_request_review_id: comment.review,
    path: comment.path,
    commit_id: comment.commit,
    original_commit_id: comment.commit,
    user: userBody(comment.user),
    body: comment.body,
    line: comment.line,
    start_line: comment.startLine,
    original_line: comment.originalLine,
    side: 'RIGHT',
    ...(comment.startLine !== null && { start_side: 'RIGHT' }),
    ...(comment.replyTo !== undefined && { in_reply_to_id: comment.replyTo }),
    subject_type: 'line',
  }
}

function toCommit(state: State, sha: string): unknown {
  const text = tryGit(state, 'cat-file', 'commit', sha)
  if (text === undefined) return undefined
  const person = { name: 'Mona', email: 'mona@example.com', date: '2026-01-02T03:04:05Z' }
  const link = (id: string, kind = 'commits') => ({ sha: id, url: api(state, `git/${kind}/${id}`) })
  const parents = [...text.matchAll(/^parent (\S+)$/gm)].map((match) => ({
    ...link(match[1]!),
    html_url: api(state, ''),
  }))
  const tree = link(/^tree (\S+)$/m.exec(text)![1]!, 'trees')
  const verification = { verified: false, reason: 'unsigned', signature: null, payload: null, verified_at: null }
  const rest = {
    node_id: 'C_1',
    html_url: api(state, ''),
    author: person,
    committer: person,
    message: 'A change',
    verification,
  }
  return { ...link(sha), ...rest, tree, parents }
}

/** A commit as lists of commits show it. */
function toHistory(state: State, revision: string): unknown {
  const sha = state.repository.git('rev-parse', `${revision}^{commit}`)
  const { parents, node_id, html_url, url, ...commit } = toCommit(state, sha) as Payload
  const user = userBody('mona')
  const comment = { comment_count: 0, url }
  return {
    sha,
    url,
    node_id,
    html_url,
    comments_url: url,
    commit: { ...commit, ...comment },
    author: user,
    committer: user,
    parents,
  }
}

function api(state: State, rest: string): string {
  return `${state.url}/repos/${state.name}/${rest}`
}

function tryGit(state: State, ...args: readonly string[]): string | undefined {
  try {
    return state.repository.git(...args)
  } catch {
    return undefined
  }
}
