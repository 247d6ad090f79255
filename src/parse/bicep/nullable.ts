import type { BicepSymbols, Imported } from './symbols.ts'
import type { TypeExpression } from './syntax.ts'

/** Aliases followed from one type to the next. */
const MAX_ALIASES = 20

/** The declarations of an imported file; undefined where it is not in the tree. */
export type FollowImport = (imported: Imported, symbols: BicepSymbols) => BicepSymbols | undefined

/** Whether null is a value of a type, so that a parameter of it may be left out. Types that are not in the tree say no. */
export function isNullable(type: TypeExpression, symbols: BicepSymbols, follow: FollowImport, depth = 0): boolean {
  if (type.nullable) return true
  if (type.name === undefined || depth > MAX_ALIASES) return false
  const own = symbols.types.get(type.name)
  if (own !== undefined) return isNullable(own.type, symbols, follow, depth + 1)
  const dot = type.name.indexOf('.')
  const imported = symbols.imports.get(dot < 0 ? type.name : type.name.slice(0, dot))
  const library = imported === undefined ? undefined : follow(imported, symbols)
  if (imported === undefined || library === undefined) return false
  const declared = library.types.get(imported.name === '*' ? type.name.slice(dot + 1) : imported.name)
  return declared !== undefined && isNullable(declared.type, library, follow, depth + 1)
}
