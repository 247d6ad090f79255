import { InputError } from './base/problem.ts'
import { nearest } from './config/spelling.ts'
import { RULES } from './rules/index.ts'

/** The catalogue, or one rule, as text or JSON. Throws an `InputError` for an id that is none. */
export function catalogue(id: string | undefined, format: string): string {
  const rules = id === undefined ? RULES : RULES.filter((rule) => rule.id === id)
  if (rules.length === 0) {
    const near =
      id === undefined
        ? undefined
        : nearest(
            id,
            RULES.map((rule) => rule.id),
          )
    throw new InputError(`no rule ${JSON.stringify(id)}${near === undefined ? '' : `; did you mean ${near}?`}`)
  }
  if (format === 'json') {
    return JSON.stringify(
      { schemaVersion: 1, rules: rules.map(({ id: rule, meta }) => ({ id: rule, ...meta })) },
      null,
      2,
    )
  }
  if (id !== undefined) {
    const { meta } = rules[0]!
    return [
      `${id} (${meta.severity})`,
      meta.title,
      '',
      `Why: ${meta.why}`,
      `Fix: ${meta.fix}`,
      '',
      `Layer: ${meta.layer}   Concepts: ${meta.concepts.join(', ')}`,
      ...meta.sources.map((source) => `Source: ${source}`),
    ].join('\n')
  }
  const width = Math.max(...rules.map((rule) => rule.id.length))
  return rules.map((rule) => `${rule.id.padEnd(width)}  ${rule.meta.severity.padEnd(8)}  ${rule.meta.title}`).join('\n')
}
