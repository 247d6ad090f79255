import type { AddressSet } from '../algebra/addresses.ts'
import type { NameSet } from '../algebra/names.ts'
import type { Intent } from '../config/intent.ts'

/** What of the configuration a rule may ask for. */
export interface RuleSettings {
  /** Ranges that the configuration calls trusted; empty where it names none. */
  readonly trusted: AddressSet
  /** The trusted ranges as they are written, for patches. */
  readonly trustedRanges: readonly string[]
  /** Names that the configuration says any workload may reach. */
  readonly approved: NameSet
  /** What must hold in every state; none where absent. */
  readonly intents?: readonly Intent[]
  /** ISO date on which the rules are judged. */
  readonly today: string
}
