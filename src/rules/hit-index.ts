import type { RuleHit } from './rule.ts'

/** Hits by what makes two of them the same: state, rule and subject. Of equal ones the last is kept, at the place of the first. */
export class HitIndex<T> {
  readonly #states = new Map<string, Map<string, Map<string, T>>>()

  set(state: string, rule: string, subject: string, value: T): void {
    let rules = this.#states.get(state)
    if (rules === undefined) {
      rules = new Map()
      this.#states.set(state, rules)
    }
    const subjects = rules.get(rule)
    if (subjects === undefined) rules.set(rule, new Map([[subject, value]]))
    else subjects.set(subject, value)
  }

  get(state: string, rule: string, subject: string): T | undefined {
    return this.#states.get(state)?.get(rule)?.get(subject)
  }

  /** By state, then by rule, each in the order of the first that came. */
  all(): T[] {
    return [...this.#states.values()].flatMap((rules) =>
      [...rules.values()].flatMap((subjects) => [...subjects.values()]),
    )
  }
}

export function indexHits(hits: readonly RuleHit[]): HitIndex<RuleHit> {
  const index = new HitIndex<RuleHit>()
  for (const hit of hits) index.set(hit.state, hit.rule.id, hit.hit.subject, hit)
  return index
}
