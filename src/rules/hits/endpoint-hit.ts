import { SourceText } from '../../base/text.ts'
import type { Witness } from '../finding.ts'
import type { Hit } from '../rule.ts'

/** A hit about one endpoint that others of the same cause can join. */
export interface EndpointHit extends Hit {
  readonly names: readonly string[]
  /** The message for any number of names. */
  readonly say: (names: readonly string[]) => string
}

/** What a rule says of one endpoint. Message and witness are made when somebody reads them: most hits are only compared. */
export interface EndpointHitParts extends Omit<Hit, 'message' | 'witness'> {
  readonly name: string
  readonly say: (names: readonly string[]) => string
  readonly prove?: () => Witness | undefined
}

export function endpointHit({ name, say, prove, ...rest }: EndpointHitParts): EndpointHit {
  return named({ ...rest, say, names: [name] }, prove)
}

function named(
  parts: Omit<EndpointHit, 'message' | 'witness'>,
  prove: (() => Witness | undefined) | undefined,
): EndpointHit {
  let witness: Witness | undefined
  let isProven = false
  const hit = {
    ...parts,
    get message(): string {
      return parts.say(parts.names)
    },
    get witness(): Witness | undefined {
      if (!isProven) witness = prove?.()
      isProven = true
      return witness
    },
  }
  return hit as EndpointHit
}

/** One hit for all endpoints of one cause, at the place and with the witness of the first. For `merge` of rules that make these. */
export function mergeEndpoints(hits: readonly Hit[]): Hit {
  const all = hits as readonly EndpointHit[]
  const [first] = all
  const { message: _, witness: __, ...rest } = Object.getOwnPropertyDescriptors(first!)
  const parts = Object.defineProperties({}, rest) as Omit<EndpointHit, 'message' | 'witness'>
  return named({ ...parts, names: [...new Set(all.flatMap(({ names }) => names))] }, () => first!.witness)
}

const NOWHERE = { source: new SourceText('', ''), start: 0, end: 0 }

/** What is so and nothing in the tree is answerable for: only compared with the other side. */
export function hiddenHit(subject: string, extent?: number): Hit {
  const shared = { resource: subject, at: NOWHERE, subject, message: '', hidden: true }
  return extent === undefined ? shared : { ...shared, extent }
}
