import { isClusterScoped } from './kinds.ts'

/**
 * Whether setting `namespace` on every object of a block YAML file changes nothing, because each is in that namespace as it is written,
 * or lives outside of namespaces. Objects in another layout than kubectl's own are taken to change.
 *
 * It looks at lines and parses nothing: the manifests are parsed where they are read. Source for what a kustomization's `namespace`
 * sets, the name of a Namespace among it: kubernetes-sigs/kustomize, api/internal/konfig/builtinpluginconsts/namespace.go
 */
export function isInNamespace(text: string, namespace: string): boolean {
  return text.split(/^---.*$/m).every((document) => {
    const lines = document.split(/\r?\n/).filter((line) => !/^\s*(?:#|$)/.test(line))
    if (lines.length === 0) return true
    const kind = fieldOf(lines, 'kind', 0)
    const start = lines.findIndex((line) => /^metadata:\s*(?:#.*)?$/.test(line))
    if (kind === undefined || start < 0) return false
    if (isClusterScoped(kind) && kind !== 'Namespace') return true
    const end = lines.findIndex((line, at) => at > start && !line.startsWith(' '))
    const metadata = lines.slice(start + 1, end < 0 ? undefined : end)
    const indent = metadata[0]?.search(/\S/) ?? -1
    return fieldOf(metadata, kind === 'Namespace' ? 'name' : 'namespace', indent) === namespace
  })
}

/** The plain or quoted value of a key that stands so far in. */
function fieldOf(lines: readonly string[], key: string, indent: number): string | undefined {
  const start = `${' '.repeat(Math.max(0, indent))}${key}:`
  const line = lines.find((one) => one.startsWith(start))
  return line?.slice(start.length).match(/^\s+(["']?)([A-Za-z0-9.-]+)\1\s*(?:#.*)?$/)?.[2]
}
