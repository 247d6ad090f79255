import { argument } from './module-config.ts'
import type { Body, Expression } from './syntax.ts'

/**
 * Which arguments of a resource `lifecycle { ignore_changes }` names: those are deployed as they were once, whatever the configuration
 * says now. Source: developer.hashicorp.com/terraform/language/meta-arguments#lifecycle
 */
export function ignoredChanges(body: Body): (name: string) => boolean {
  const names = new Set<string>()
  for (const block of body.blocks) {
    if (block.type !== 'lifecycle') continue
    const list = argument(block.body, 'ignore_changes')?.expression
    if (list === undefined) continue
    if (nameOf(list) === 'all') return () => true
    for (const item of list.kind === 'tuple' ? list.items : []) {
      const name = nameOf(item)
      if (name !== undefined) names.add(name)
    }
  }
  return (name) => names.has(name)
}

/** The argument that a path begins with: `ip_configuration` of `ip_configuration[0].name`. JSON syntax writes it as text. */
function nameOf(node: Expression): string | undefined {
  if (node.kind === 'traversal') return node.root
  return node.kind === 'literal' && typeof node.value === 'string' ? /^[^.[]*/.exec(node.value)![0] : undefined
}
