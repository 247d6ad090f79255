/** Takes one of the options; the same key takes the same one for the rest of a world. */
export type Choose = <T>(key: string, options: readonly T[]) => T

/** What is said of a question: `layers` are those that deny in some world. */
export interface Judgement {
  readonly allowed: boolean | 'unknown'
  readonly layers: ReadonlySet<string>
}

/** In one world a packet arrives, or is stopped by a layer; several where several ways were tried. */
export type Arrival = { readonly arrives: true } | { readonly arrives: false; readonly layers: readonly string[] }

export const ARRIVES: Arrival = { arrives: true }

export function stopped(...layers: readonly string[]): Arrival {
  return { arrives: false, layers }
}

/** More worlds than a test waits for. */
const MOST_WORLDS = 4000

/**
 * Walks a packet in every world, that is for every way in which that can turn out which the files leave open: the node that
 * the scheduler picks, the address within a subnet, what the documentation does not say. What all worlds say is certain.
 *
 * Undefined where there are too many worlds.
 */
export function judgeInAllWorlds(walk: (choose: Choose) => Arrival): Judgement | undefined {
  const trail: { index: number; readonly count: number }[] = []
  let arrives = false
  let stops = false
  const layers = new Set<string>()
  for (let world = 0; world < MOST_WORLDS; world++) {
    let position = 0
    const taken = new Map<string, unknown>()
    const choose = <T>(key: string, options: readonly T[]): T => {
      if (options.length === 1) return options[0]!
      if (taken.has(key)) return taken.get(key) as T
      if (position === trail.length) trail.push({ index: 0, count: options.length })
      const option = options[trail[position++]!.index]!
      taken.set(key, option)
      return option
    }
    const arrival = walk(choose)
    if (arrival.arrives) arrives = true
    else {
      stops = true
      for (const layer of arrival.layers) layers.add(layer)
    }
    if (arrives && stops) return { allowed: 'unknown', layers }
    while (trail.length > 0 && trail.at(-1)!.index + 1 === trail.at(-1)!.count) trail.pop()
    const last = trail.at(-1)
    if (last === undefined) return { allowed: arrives, layers }
    last.index++
  }
  return undefined
}

/** One way that leads there is enough; `none` denies where there is no way at all. */
export function anyWay(ways: readonly Arrival[], none: string): Arrival {
  if (ways.some(({ arrives }) => arrives)) return ARRIVES
  return stopped(...(ways.length === 0 ? [none] : ways.flatMap((way) => (way.arrives ? [] : way.layers))))
}
