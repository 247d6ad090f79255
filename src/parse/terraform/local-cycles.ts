import type { Problem } from '../../base/problem.ts'
import type { Attribute, Expression, Step, TemplatePart } from './syntax.ts'

/** A problem for each ring of local values that need each other. O(size of the expressions). */
export function findLocalCycles(locals: ReadonlyMap<string, Attribute>): readonly Problem[] {
  const references = new Map<string, readonly string[]>()
  for (const [name, { expression }] of locals) {
    const found = new Set<string>()
    collect(expression, found)
    references.set(
      name,
      [...found].filter((other) => locals.has(other)),
    )
  }
  const problems: Problem[] = []
  const done = new Set<string>()
  for (const start of locals.keys()) {
    if (done.has(start)) continue
    // The way from the start to where the search stands, with the reference of each that is looked at next.
    const path: { readonly name: string; next: number }[] = [{ name: start, next: 0 }]
    const onPath = new Set([start])
    for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
      const name = references.get(top.name)![top.next++]
      if (name === undefined) {
        path.pop()
        onPath.delete(top.name)
        done.add(top.name)
      } else if (onPath.has(name)) {
        const ring = path.slice(path.findIndex((entry) => entry.name === name)).map((entry) => `local.${entry.name}`)
        const { source, start: from, nameEnd } = locals.get(name)!
        const message = `${[...ring, `local.${name}`].join(' needs ')}: none of them has a value`
        problems.push({ code: 'rejected', message, at: { source, start: from, end: nameEnd } })
      } else if (!done.has(name)) {
        path.push({ name, next: 0 })
        onPath.add(name)
      }
    }
  }
  return problems
}

/** Adds the local values that an expression names. The parser bounds the depth. */
function collect(node: Expression, into: Set<string>): void {
  switch (node.kind) {
    case 'literal':
      return
    case 'template':
      collectParts(node.parts, into)
      return
    case 'wrap':
      collect(node.value, into)
      return
    case 'traversal': {
      const [first] = node.steps
      if (node.root === 'local' && first?.kind === 'attribute') into.add(first.name)
      collectSteps(node.steps, into)
      return
    }
    case 'access':
      collect(node.base, into)
      collectSteps(node.steps, into)
      return
    case 'tuple':
      for (const item of node.items) collect(item, into)
      return
    case 'object':
      for (const { key, value } of node.items) {
        collect(key, into)
        collect(value, into)
      }
      return
    case 'for':
      for (const part of [node.collection, node.resultKey, node.result, node.condition]) if (part) collect(part, into)
      return
    case 'call':
      for (const arg of node.args) collect(arg, into)
      return
    case 'unary':
      collect(node.operand, into)
      return
    case 'binary':
      collect(node.left, into)
      collect(node.right, into)
      return
    case 'conditional':
      for (const part of [node.condition, node.whenTrue, node.whenFalse]) collect(part, into)
  }
}

function collectSteps(steps: readonly Step[], into: Set<string>): void {
  for (const step of steps) {
    if (step.kind === 'index') collect(step.key, into)
    else if (step.kind === 'splat') collectSteps(step.each, into)
  }
}

function collectParts(parts: readonly TemplatePart[], into: Set<string>): void {
  for (const part of parts) {
    if (typeof part === 'string') continue
    if (part.kind === 'template-if') {
      collect(part.condition, into)
      collectParts(part.whenTrue, into)
      collectParts(part.whenFalse, into)
    } else if (part.kind === 'template-for') {
      collect(part.collection, into)
      collectParts(part.body, into)
    } else collect(part, into)
  }
}
