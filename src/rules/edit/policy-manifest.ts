import type { Selector } from '../../model/kubernetes/selector.ts'
import { quoted } from './collection-edit.ts'

/** A NetworkPolicy to be written. */
export interface PolicyDraft {
  readonly name: string
  /** Undefined: the manifests beside it name none, and whoever applies them does. */
  readonly namespace: string | undefined
  /** Lines above the object, without `#`. */
  readonly comments: readonly string[]
  readonly podLabels: ReadonlyMap<string, string>
  readonly types: readonly ('Ingress' | 'Egress')[]
  readonly ingress: readonly RuleDraft[]
  readonly egress: readonly RuleDraft[]
}

/** One rule; no peers stands for any. */
export interface RuleDraft {
  /** Evidence, in words: the comment above the rule. */
  readonly comment: string
  readonly peers: readonly PeerDraft[]
  readonly ports: readonly { readonly protocol: string; readonly port: number | string }[]
}

export type PeerDraft =
  | {
      /** Undefined: the policy's own. */
      readonly namespace: string | undefined
      /** Undefined: every pod there. */
      readonly podLabels: ReadonlyMap<string, string> | undefined
    }
  | { readonly cidr: string; readonly except: readonly string[] }

/** DNS pods of AKS. Source: kubernetes.io/docs/tasks/administer-cluster/dns-custom-nameservers (label `k8s-app: kube-dns`) */
export const DNS_RULE: RuleDraft = {
  comment: 'Names are resolved by the DNS pods of the cluster.',
  peers: [{ namespace: 'kube-system', podLabels: new Map([['k8s-app', 'kube-dns']]) }],
  ports: [
    { protocol: 'UDP', port: 53 },
    { protocol: 'TCP', port: 53 },
  ],
}

/** Manifests of NetworkPolicies in one YAML file, two blanks a level. */
export function writePolicies(drafts: readonly PolicyDraft[], lineBreak = '\n'): string {
  return `${drafts.map(writePolicy).join('\n---\n')}\n`.replaceAll('\n', lineBreak)
}

function writePolicy({ name, namespace, comments, podLabels, types, ingress, egress }: PolicyDraft): string {
  return [
    ...comments.map((line) => `# ${oneLine(line)}`),
    'apiVersion: networking.k8s.io/v1',
    'kind: NetworkPolicy',
    'metadata:',
    `  name: ${quoted(name)}`,
    ...(namespace === undefined ? [] : [`  namespace: ${quoted(namespace)}`]),
    'spec:',
    ...indented(selectorLines('podSelector', podLabels), '  '),
    '  policyTypes:',
    ...types.map((type) => `    - ${type}`),
    ...(ingress.length === 0
      ? []
      : ['  ingress:', ...ingress.flatMap((rule) => indented(ruleLines(rule, 'from'), '    '))]),
    ...(egress.length === 0 ? [] : ['  egress:', ...egress.flatMap((rule) => indented(ruleLines(rule, 'to'), '    '))]),
  ].join('\n')
}

/** The lines of one rule as an item of a block list, with its comment. */
export function ruleLines({ comment, peers, ports }: RuleDraft, field: 'from' | 'to'): readonly string[] {
  const parts: string[] = []
  if (peers.length > 0)
    parts.push(`${field}:`, ...peers.flatMap((peer) => asItem(peerLines(peer))).map((line) => `  ${line}`))
  if (ports.length > 0) {
    parts.push('ports:', ...ports.flatMap(({ protocol, port }) => [`  - protocol: ${protocol}`, `    port: ${port}`]))
  }
  return [`# ${oneLine(comment)}`, ...asItem(parts)]
}

/** The lines of one peer, without a dash. */
export function peerLines(peer: PeerDraft): readonly string[] {
  if ('cidr' in peer) {
    const except = peer.except.map((block) => `    - ${block}`)
    return ['ipBlock:', `  cidr: ${peer.cidr}`, ...(except.length === 0 ? [] : ['  except:', ...except])]
  }
  const { namespace, podLabels } = peer
  return [
    ...(namespace === undefined
      ? []
      : ['namespaceSelector:', '  matchLabels:', `    kubernetes.io/metadata.name: ${quoted(namespace)}`]),
    ...(podLabels === undefined
      ? namespace === undefined
        ? ['podSelector: {}']
        : []
      : selectorLines('podSelector', podLabels)),
  ]
}

/** Lines as one item of a block list. */
export function asItem(lines: readonly string[]): readonly string[] {
  return lines.map((line, i) => (i === 0 ? `- ${line}` : `  ${line}`))
}

function selectorLines(field: string, labels: ReadonlyMap<string, string>): readonly string[] {
  if (labels.size === 0) return [`${field}: {}`]
  return [`${field}:`, '  matchLabels:', ...[...labels].map(([key, value]) => `    ${quoted(key)}: ${quoted(value)}`)]
}

/** The labels that a selector asks for, where it asks for nothing else. */
export function labelsOf(selector: Selector | undefined): ReadonlyMap<string, string> | undefined {
  if (selector === undefined || selector.unknown || selector.requirements.length === 0) return undefined
  const labels = new Map<string, string>()
  for (const { key, operator, values } of selector.requirements) {
    if (operator !== 'In' || values?.length !== 1) return undefined
    labels.set(key, values[0]!)
  }
  return labels
}

function indented(lines: readonly string[], indent: string): readonly string[] {
  return lines.map((line) => indent + line)
}

/** Text of the tree in a comment must not end the comment. */
function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029\ufeff]/gu, ' ')
}
