/** Whether a file of this name may hold manifests; its text decides. */
export function mayHoldManifests(path: string): boolean {
  return isYaml(path) || path.endsWith('.json')
}

export function isYaml(path: string): boolean {
  return path.endsWith('.yaml') || path.endsWith('.yml')
}

/**
 * A cheap test on the raw text: whether `apiVersion` and `kind` stand as keys at the start of a line, or in a JSON or flow
 * mapping. Workflows, compose files, values files, OpenAPI documents and lock files fail it and are never parsed.
 */
export function looksLikeManifest(text: string): boolean {
  return hasKey(text, 'apiVersion') && hasKey(text, 'kind')
}

function hasKey(text: string, key: string): boolean {
  for (let at = text.indexOf(key); at !== -1; at = text.indexOf(key, at + key.length)) {
    if (endsKey(text, at + key.length) && startsKey(text, at)) return true
  }
  return false
}

function endsKey(text: string, end: number): boolean {
  let at = end
  if (text[at] === '"' || text[at] === "'") at++
  while (text[at] === ' ' || text[at] === '\t') at++
  return text[at] === ':'
}

/** Only blanks, quotes, a dash, a brace, a comma or a byte-order mark between the key and the start of its line or mapping. */
function startsKey(text: string, start: number): boolean {
  for (let at = start - 1; at >= 0; at--) {
    switch (text.charCodeAt(at)) {
      case 0x0a:
      case 0x0d:
      case 0x2c: // ,
      case 0x7b: // {
        return true
      case 0x20:
      case 0x09:
      case 0x22: // "
      case 0x27: // '
      case 0x2d: // -
      case 0xfeff:
        continue
      default:
        return false
    }
  }
  return true
}

/**
 * Whether broken YAML is so because it is the text of a template engine (Helm, Jinja): a line or a value starts with its braces.
 * Braces inside a string break nothing.
 */
export function holdsTemplate(text: string): boolean {
  return TEMPLATE.test(text)
}

const TEMPLATE = /(?:^|[\r\n]|[:-][ \t])[ \t]*\{[{%]/

/**
 * API groups of files that have `apiVersion` and `kind` but that no API server reads: they configure tools.
 */
const TOOL_GROUPS = new Set([
  'kustomize.config.k8s.io',
  'kind.x-k8s.io',
  'skaffold',
  'backstage.io',
  'kubeadm.k8s.io',
  'kubelet.config.k8s.io',
  'kubeproxy.config.k8s.io',
  'kubescheduler.config.k8s.io',
  'apiserver.config.k8s.io',
  'audit.k8s.io',
  'client.authentication.k8s.io',
  'ctlptl.dev',
  'devspace',
  'k3d.io',
])

export function isToolGroup(group: string): boolean {
  return TOOL_GROUPS.has(group)
}
