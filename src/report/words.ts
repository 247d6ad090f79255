import { isNew as hasNewStatus } from '../rules/assess.ts'
import {
  type Finding,
  type FindingStatus,
  type Layer,
  type PathStep,
  SEVERITIES,
  type Severity,
} from '../rules/finding.ts'
import { code, type Inline, type Line, text } from './inline.ts'

/** How a severity looks; the word always stands beside it, colour only repeats it. */
export const SEVERITY_MARK: Readonly<Record<Severity, string>> = {
  critical: '🔴',
  high: '🔴',
  medium: '🟡',
  low: '🔵',
  note: '⚪',
}

export const LAYER_NAME: Readonly<Record<Layer, string>> = {
  'network-policy': 'NetworkPolicy',
  'admin-policy': 'admin network policy',
  cilium: 'Cilium policy',
  calico: 'Calico policy',
  mesh: 'mesh',
  service: 'Service',
  ingress: 'Ingress',
  nsg: 'NSG',
  'security-admin': 'security admin rule',
  route: 'route',
  firewall: 'firewall',
  nat: 'NAT',
  'private-endpoint': 'private endpoint',
  dns: 'DNS',
  'paas-firewall': 'service firewall',
  'api-server': 'API server access list',
  host: 'host',
}

export const STATUS_WORD: Readonly<Record<FindingStatus, string>> = {
  introduced: 'new',
  worsened: 'worse',
  existing: 'existing',
  improved: 'improved',
  fixed: 'fixed',
}

export const VERDICT_WORD: Readonly<Record<PathStep['verdict'], string>> = {
  allow: 'allows',
  deny: 'denies',
  unknown: 'cannot be known',
}

/** `1 finding`, `1,204 findings`. */
export function count(n: number, one: string, many = `${one}s`): string {
  return `${n.toLocaleString('en-US')} ${n === 1 ? one : many}`
}

/** `1 high, 2 medium` */
export function severityCounts(findings: readonly Finding[]): string {
  return SEVERITIES.flatMap((severity) => {
    const n = findings.filter((finding) => finding.severity === severity).length
    return n === 0 ? [] : [`${n} ${severity}`]
  }).join(', ')
}

/** Well-known peers read as words; every other one is a name. */
export function peerNode(peer: string): Inline {
  const known = KNOWN_PEERS.get(peer)
  return known === undefined ? code(peer) : text(known)
}

export function peerWords(peer: string): string {
  return KNOWN_PEERS.get(peer) ?? peer
}

/** Whether the finding is about what the change did, and nobody accepts it. */
export function isNew(finding: Finding): boolean {
  return finding.suppressed === undefined && hasNewStatus(finding)
}

/** The tree in which a finding's line is to be looked at. */
export function sideOf({ side, status }: Finding): 'base' | 'head' {
  return side ?? (status === 'fixed' ? 'base' : 'head')
}

export function isGone(finding: Finding): boolean {
  return finding.status === 'fixed' || finding.status === 'improved'
}

/**
 * A message with the names that it quotes as code: those that the finding itself holds. Backticks of the message's own go around
 * field names, as `podSelector: {}`.
 */
export function messageLine(finding: Finding, message = finding.message): Line {
  const { witness } = finding
  const names = [
    finding.resource,
    finding.file,
    ...(finding.places ?? []).map(({ file }) => file),
    finding.resource.slice(finding.resource.indexOf('/') + 1),
    ...(finding.states ?? []),
  ]
  if (witness !== undefined) {
    const { from, to, sourceAddress, destinationAddress, name } = witness.packet
    for (const peer of [from, to, sourceAddress, destinationAddress, name]) if (peer !== undefined) names.push(peer)
    for (const step of witness.path) if (step.resource !== undefined) names.push(step.resource)
  }
  return markNames(message, names)
}

/** The first sentence of a message, without its full stop; undefined where it has more than `limit` characters. */
export function firstSentence(nodes: Line, limit: number): Line | undefined {
  const sentence: Inline[] = []
  let length = 0
  for (const node of nodes) {
    if (node.kind !== 'text') {
      sentence.push(node)
      length += node.kind === 'code' ? node.text.length : 0
      continue
    }
    const end = /[.:;!?](?:\s|$)/.exec(node.text)
    const words = end === null ? node.text : node.text.slice(0, end.index)
    if (words !== '') sentence.push(text(words))
    length += words.length
    if (end !== null) break
  }
  return length === 0 || length > limit ? undefined : sentence
}

/** Prose is cut at its end, between words. */
export function shortenProse(prose: string, limit: number): string {
  if (prose.length <= limit) return prose
  const cut = prose.slice(0, limit - 1).replace(/[\ud800-\udbff]$/, '')
  const space = cut.lastIndexOf(' ')
  return `${space > limit / 2 ? cut.slice(0, space) : cut} …`
}

const KNOWN_PEERS: ReadonlyMap<string, string> = new Map([
  ['internet', 'Internet'],
  ['metadata', 'instance metadata (169.254.169.254)'],
  ['api-server', 'API server'],
])

/** One pass: at each word start the longest of the names that stands there as a whole word. Cost: text × names of one finding. */
function markNames(message: string, names: readonly string[]): Line {
  const candidates = [...new Set(names)]
    .filter((name) => name.length > 1 && name.length < 2_000 && /[^a-zA-Z]/.test(name))
    .sort((a, b) => b.length - a.length || (a < b ? -1 : 1))
  const nodes: Inline[] = []
  let from = 0
  let at = 0
  const flush = (end: number) => {
    if (end > from) for (const node of backticks(message.slice(from, end))) nodes.push(node)
  }
  while (at < message.length) {
    const name = isBorder(message, at - 1)
      ? candidates.find((one) => message.startsWith(one, at) && isBorder(message, at + one.length))
      : undefined
    if (name === undefined) {
      at++
      continue
    }
    // Backticks right around a name are the message's own marks.
    const quoted = message[at - 1] === '`' && message[at + name.length] === '`'
    flush(quoted ? at - 1 : at)
    nodes.push(code(name))
    at += name.length + (quoted ? 1 : 0)
    from = at
  }
  flush(message.length)
  return nodes
}

/** Whether no name continues over this index. */
function isBorder(message: string, index: number): boolean {
  const char = message[index]
  return char === undefined || !/[A-Za-z0-9_/-]/.test(char)
}

/** Field names that a message puts between backticks; any other backtick is a character, since a name may hold it. */
function backticks(words: string): Line {
  return words
    .split(/`([a-z]+(?:[A-Z][A-Za-z]*)+(?:: ?(?:\{\}|\[\]|true|false))?)`/)
    .flatMap((part, i) => (part === '' ? [] : [i % 2 === 0 ? text(part) : code(part)]))
}

/** The heading of a finding's choices, and what is said of the first. */
export const CHOICES_HEADING = 'It can be closed at any of these layers, each proven on the whole way:'
/** The heading of layers that could close it as well. */
export const ELSEWHERE_HEADING =
  'Other layers could close it. These are no edits of this repository, and nothing of them is proven:'
export const SUGGESTED = 'the fix above, the smallest edit'
