import type { Origin } from '../../../base/origin.ts'
import type { Value } from '../../../base/value.ts'
import type { Run } from '../run.ts'
import { knownText, textParts } from '../text.ts'
import { derive, failure, scalar } from '../values.ts'

/** Where a function is called. */
export interface Site {
  readonly name: string
  readonly origin: Origin
  readonly run: Run
}

/** A function of its arguments alone. None of them is a choice: the caller tries each option. */
export type PureFunction = (values: readonly Value[], site: Site) => Value

/** A function of strings that needs all of each. */
export function ofTexts(least: number, work: (texts: readonly string[], site: Site) => Value): PureFunction {
  return (values, site) => {
    const texts: string[] = []
    for (const value of values) {
      const text = value.kind === 'list' || value.kind === 'map' ? undefined : knownText(textParts(value))
      if (text === undefined) {
        return value.kind === 'list' || value.kind === 'map' ? wrongArguments(site) : derive(value, site.origin)
      }
      texts.push(text)
    }
    return texts.length < least ? wrongArguments(site) : work(texts, site)
  }
}

/** A function of strings that gives a string. */
export function textToText(least: number, work: (...texts: string[]) => string | undefined): PureFunction {
  return ofTexts(least, (texts, site) => {
    const result = work(...texts)
    if (result === undefined) return wrongArguments(site)
    return site.run.tooLong(result.length, site.origin) ?? scalar(result, site.origin)
  })
}

/** A function of integers. */
export function ofNumbers(least: number, work: (numbers: readonly number[], site: Site) => Value): PureFunction {
  return (values, site) => {
    const numbers: number[] = []
    for (const value of values) {
      if (value.kind !== 'scalar') return openOr(value, site)
      if (!Number.isSafeInteger(value.value)) return wrongArguments(site)
      numbers.push(Number(value.value))
    }
    return numbers.length < least ? wrongArguments(site) : work(numbers, site)
  }
}

/** The integer that an argument is, undefined for an absent one, or the result of the call when it is neither. */
export function numberArgument(value: Value | undefined, site: Site): number | undefined | Value {
  if (value === undefined) return undefined
  if (value.kind !== 'scalar') return openOr(value, site)
  return Number.isSafeInteger(value.value) ? Number(value.value) : wrongArguments(site)
}

export function isValue(result: unknown): result is Value {
  return typeof result === 'object' && result !== null
}

/** What a call gives for an argument that it cannot use: unknown where that is unknown, otherwise an error. */
export function openOr(value: Value | undefined, site: Site): Value {
  if (value !== undefined && (value.kind === 'unknown' || value.kind === 'id' || value.kind === 'choice')) {
    return derive(value, site.origin)
  }
  return wrongArguments(site)
}

export function wrongArguments(site: Site): Value {
  return failure(`wrong arguments of ${site.name}()`, site.origin)
}
