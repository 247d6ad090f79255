import type { Truth } from '../../algebra/truth.ts'
import type { Origin } from '../../base/origin.ts'
import type { Resource } from '../../parse/resource.ts'

/** Layers that a packet meets between two peers, by the names that `eval` prints. */
export type PathLayer =
  | 'network-policy'
  | 'admin-policy'
  | 'cilium'
  | 'calico'
  | 'mesh'
  | 'service'
  | 'ingress'
  | 'nsg'
  | 'security-admin'
  | 'route'
  | 'firewall'
  | 'nat'
  | 'private-endpoint'
  | 'dns'
  | 'paas-firewall'
  | 'api-server'
  | 'host'

/** What a layer or a whole way says. */
export type Answer = 'allowed' | 'denied' | 'unknown'

/** What one layer says of one packet. */
export interface Step {
  readonly layer: PathLayer
  readonly answer: Answer
  /** The rule that says so, in words, without a full stop. Text of the tree: escape before printing. */
  readonly rule: string
  readonly resource?: Resource
  readonly origin?: Origin
  /** The kind of rule of a firewall that decides: application rules look at names, network rules at addresses alone. */
  readonly by?: FirewallRuleKind
}

/** Which of a firewall's rule kinds decides, or its default to deny. */
export type FirewallRuleKind = 'network' | 'application' | 'nat' | 'default'

/** What all layers on one way say together, with their steps in the order in which a packet meets them. */
export interface Outcome {
  readonly answer: Answer
  /** The first layer that denies, or else the first that is not known. */
  readonly layer: PathLayer | undefined
  readonly steps: readonly Step[]
}

/** No layer is met. */
export const NOTHING_IN_THE_WAY: Outcome = { answer: 'allowed', layer: undefined, steps: [] }

/** Steps one after the other. */
export function outcomeOf(...steps: readonly Step[]): Outcome {
  return inSeries(...steps.map((step) => ({ answer: step.answer, layer: step.layer, steps: [step] })))
}

/** One layer that denies. */
export function denied(layer: PathLayer, rule: string, at?: { resource: Resource; origin?: Origin }): Outcome {
  return outcomeOf({ layer, answer: 'denied', rule, ...at })
}

/** One layer of which it is not known what it says. */
export function unknownAt(layer: PathLayer, rule: string, at?: { resource: Resource; origin?: Origin }): Outcome {
  return outcomeOf({ layer, answer: 'unknown', rule, ...at })
}

/** One layer that allows. */
export function allowed(layer: PathLayer, rule: string, at?: { resource: Resource; origin?: Origin }): Outcome {
  return outcomeOf({ layer, answer: 'allowed', rule, ...at })
}

/** Layers one after the other: all must allow. What stands behind a denial is not met, so it is left out. */
export function inSeries(...parts: readonly Outcome[]): Outcome {
  const steps: Step[] = []
  let unknown: PathLayer | undefined
  for (const part of parts) {
    steps.push(...part.steps)
    if (part.answer === 'denied') return { answer: 'denied', layer: part.layer, steps }
    if (part.answer === 'unknown') unknown ??= part.layer
  }
  return { answer: unknown === undefined ? 'allowed' : 'unknown', layer: unknown, steps }
}

/** As {@link inSeries} without working out what a denial makes needless. */
export function inSeriesLazily(...parts: readonly (() => Outcome)[]): Outcome {
  let outcome = NOTHING_IN_THE_WAY
  for (const part of parts) {
    outcome = inSeries(outcome, part())
    if (outcome.answer === 'denied') return outcome
  }
  return outcome
}

/** One of several things is the case and nobody knows which: only what all say is certain. */
export function whichever(parts: readonly Outcome[]): Outcome {
  const [first] = parts
  if (first === undefined) return NOTHING_IN_THE_WAY
  if (parts.every(({ answer }) => answer === first.answer)) {
    return first
  }
  const telling = parts.find(({ answer }) => answer === 'denied') ?? parts.find(({ answer }) => answer === 'unknown')!
  return { ...telling, answer: 'unknown' }
}

/** Several ways are open at once: one that allows is enough. A denial is told by the way that got farthest. */
export function anyWay(parts: readonly Outcome[]): Outcome | undefined {
  return (
    parts.find(({ answer }) => answer === 'allowed') ??
    parts.find(({ answer }) => answer === 'unknown') ??
    parts.reduce<Outcome | undefined>(
      (best, part) => (best === undefined || part.steps.length > best.steps.length ? part : best),
      undefined,
    )
  )
}

/** The answer to whether something is allowed. */
export function toAnswer(truth: Truth): Answer {
  return truth === 'yes' ? 'allowed' : truth === 'no' ? 'denied' : 'unknown'
}
