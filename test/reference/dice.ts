/** Numbers that follow from a seed alone. */
export interface Dice {
  /** From 0 up to, not including, `count`. */
  below(count: number): number
  chance(probability: number): boolean
  one<T>(options: readonly T[]): T
  some<T>(options: readonly T[], most: number): readonly T[]
  times<T>(count: number, make: (index: number) => T): readonly T[]
}

export function diceOf(seed: number): Dice {
  let state = (seed * 2654435761 + 1013904223) >>> 0
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const below = (count: number) => Math.floor(next() * count)
  const one = <T>(options: readonly T[]): T => options[below(options.length)]!
  return {
    below,
    one,
    chance: (probability) => next() < probability,
    some(options, most) {
      const left = [...options]
      return Array.from(
        { length: Math.min(below(most + 1), left.length) },
        () => left.splice(below(left.length), 1)[0]!,
      )
    },
    times: (count, make) => Array.from({ length: count }, (_, index) => make(index)),
  }
}
