import { byCodeUnit } from '../base/order.ts'
import type { SetAlgebra } from './set-algebra.ts'

/** A finite set of symbols, or everything but one. */
export interface SymbolSet {
  /** True: all symbols but those listed. */
  readonly except: boolean
  /** Ascending. */
  readonly symbols: readonly string[]
}

/**
 * A set of the public addresses of named services, by service and region.
 *
 * A service and a region name one part; all of a service is every region of it, `AzureCloud.<region>` every service in one region. So
 * union, intersection, difference and the order of tags are exact without a list of addresses. Services and regions are open sets.
 */
export interface ServiceSet {
  /** Regions by service, only where they differ from `others`; ascending. */
  readonly services: readonly (readonly [service: string, regions: SymbolSet])[]
  /** Regions of every service that is not listed. */
  readonly others: SymbolSet
}

export const NO_SYMBOLS: SymbolSet = { except: false, symbols: [] }
export const ALL_SYMBOLS: SymbolSet = { except: true, symbols: [] }

export function symbolSet(symbols: readonly string[]): SymbolSet {
  return { except: false, symbols: [...new Set(symbols)].sort(byCodeUnit) }
}

export const symbolSets: SetAlgebra<SymbolSet> = {
  empty: NO_SYMBOLS,
  union: (a, b) => negate(symbolSets.intersect(negate(a), negate(b))),
  intersect: (a, b) => {
    if (a.except && b.except) return { except: true, symbols: symbolSet([...a.symbols, ...b.symbols]).symbols }
    if (a.except) return symbolSets.intersect(b, a)
    return { except: false, symbols: a.symbols.filter((symbol) => hasSymbol(b, symbol)) }
  },
  subtract: (a, b) => symbolSets.intersect(a, negate(b)),
  isEmpty: (a) => !a.except && a.symbols.length === 0,
  equal: (a, b) =>
    a.except === b.except && a.symbols.length === b.symbols.length && a.symbols.every((s, i) => s === b.symbols[i]),
  covers: (a, b) => symbolSets.isEmpty(symbolSets.subtract(b, a)),
}

function negate(a: SymbolSet): SymbolSet {
  return { except: !a.except, symbols: a.symbols }
}

export function hasSymbol(set: SymbolSet, symbol: string): boolean {
  return set.symbols.includes(symbol) !== set.except
}

export const NO_SERVICES: ServiceSet = { services: [], others: NO_SYMBOLS }
export const ALL_SERVICES: ServiceSet = { services: [], others: ALL_SYMBOLS }

/** One service, in the given regions or in all. */
export function serviceSet(service: string, regions: SymbolSet = ALL_SYMBOLS): ServiceSet {
  return symbolSets.isEmpty(regions) ? NO_SERVICES : { services: [[service, regions]], others: NO_SYMBOLS }
}

/** Every service in the given regions. */
export function regionSet(regions: SymbolSet): ServiceSet {
  return { services: [], others: regions }
}

export const serviceSets: SetAlgebra<ServiceSet> = {
  empty: NO_SERVICES,
  union: (a, b) => (a === b || isNone(b) ? a : isNone(a) ? b : combine(a, b, symbolSets.union)),
  intersect: (a, b) => (a === b ? a : isNone(a) || isNone(b) ? NO_SERVICES : combine(a, b, symbolSets.intersect)),
  subtract: (a, b) => (isNone(a) || isNone(b) ? a : combine(a, b, symbolSets.subtract)),
  isEmpty: isNone,
  equal: (a, b) =>
    symbolSets.equal(a.others, b.others) &&
    a.services.length === b.services.length &&
    a.services.every(
      ([name, regions], i) => name === b.services[i]![0] && symbolSets.equal(regions, b.services[i]![1]),
    ),
  covers: (a, b) => serviceSets.isEmpty(serviceSets.subtract(b, a)),
}

function isNone(a: ServiceSet): boolean {
  return a.services.length === 0 && symbolSets.isEmpty(a.others)
}

function combine(a: ServiceSet, b: ServiceSet, operation: (a: SymbolSet, b: SymbolSet) => SymbolSet): ServiceSet {
  const others = operation(a.others, b.others)
  const [mine, theirs] = [new Map(a.services), new Map(b.services)]
  const services: (readonly [string, SymbolSet])[] = []
  for (const name of [...new Set([...mine.keys(), ...theirs.keys()])].sort(byCodeUnit)) {
    const regions = operation(mine.get(name) ?? a.others, theirs.get(name) ?? b.others)
    if (!symbolSets.equal(regions, others)) services.push([name, regions])
  }
  return services.length === 0 && symbolSets.isEmpty(others) ? NO_SERVICES : { services, others }
}
