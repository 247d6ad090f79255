/** Where the reviewed commits and the run can be looked at. Set by whoever knows the host, never from the tree. */
export interface ReviewLinks {
  /** Without a slash at the end: `https://github.com`. */
  readonly serverUrl: string
  /** `owner/name`. */
  readonly repository: string
  /** Full ids of the commits that were compared; a file's link points to one of them. */
  readonly baseSha?: string
  readonly headSha: string
  /** Page of the workflow run, which shows the job summary. */
  readonly runUrl?: string
  /** Folder of the rules' pages; a rule's id and `.md` are put behind it. */
  readonly rulesUrl?: string
}

const MAX_LINKED_PATH = 300

declare const composed: unique symbol
/** A URL that we composed; the only kind that a report links to. */
export type Href = string & { readonly [composed]: true }

/** The lines of a file at one of the two commits; undefined where there is no host or no such commit. */
export function fileHref(
  links: ReviewLinks | undefined,
  place: { readonly file: string; readonly line?: number; readonly endLine?: number },
  side: 'base' | 'head' = 'head',
): Href | undefined {
  const sha = side === 'base' ? links?.baseSha : links?.headSha
  if (links === undefined || sha === undefined) return undefined
  const to =
    place.endLine !== undefined && place.line !== undefined && place.endLine > place.line ? `-L${place.endLine}` : ''
  const anchor = place.line === undefined ? '' : `#L${place.line}${to}`
  // A path that is hostile in its length alone is shown without a link.
  if (place.file.length > MAX_LINKED_PATH) return undefined
  return `${repositoryUrl(links)}/blob/${encodeSegment(sha)}/${encodePath(place.file)}${anchor}` as Href
}

export function commitHref(links: ReviewLinks | undefined, sha: string): Href | undefined {
  return links === undefined ? undefined : (`${repositoryUrl(links)}/commit/${encodeSegment(sha)}` as Href)
}

export function runHref(links: ReviewLinks | undefined): Href | undefined {
  return links?.runUrl === undefined ? undefined : (encodeUrl(links.runUrl) as Href)
}

/** A rule's page. */
export function ruleHref(links: ReviewLinks | undefined, rule: string): Href | undefined {
  return links?.rulesUrl === undefined ? undefined : (`${encodeUrl(links.rulesUrl)}/${encodeSegment(rule)}.md` as Href)
}

function repositoryUrl(links: ReviewLinks): string {
  return `${encodeUrl(links.serverUrl)}/${encodePath(links.repository)}`
}

function encodePath(path: string): string {
  return path.split('/').map(encodeSegment).join('/')
}

/** Beyond `encodeURIComponent` it encodes what could end a Markdown link, and `.`/`..` where they are a whole segment. */
function encodeSegment(segment: string): string {
  if (segment === '.' || segment === '..') return segment.replaceAll('.', '%252E')
  return encodeURIComponent(segment.replace(/\p{Surrogate}/gu, '\ufffd')).replace(/[!'()*~]/g, hex)
}

/** A URL of the host's own, as it came; spaces and what could end a Markdown link or an attribute are encoded. */
function encodeUrl(url: string): string {
  return url.replace(/\/$/, '').replace(/[\s"'()<>\\`[\]|]/g, (char) => encodeURIComponent(char).replace(/[()']/g, hex))
}

function hex(char: string): string {
  return `%${char.charCodeAt(0).toString(16).toUpperCase()}`
}
