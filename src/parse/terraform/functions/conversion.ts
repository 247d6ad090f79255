import { convert } from '../convert.ts'
import { refuse } from '../failure.ts'
import { makeBool } from '../make-val.ts'
import { BOOL, DYNAMIC, listOf, mapOf, NUMBER, STRING, setOf, type Type } from '../type.ts'
import type { Val } from '../val.ts'
import type { FunctionDefinition, FunctionTable } from './definition.ts'

/** What `sensitive` was applied to. Sensitivity changes no value, so nothing else asks for it. */
const sensitive = new WeakSet<Val>()

function conversion(type: Type): FunctionDefinition {
  return {
    params: [{ type: DYNAMIC, nullable: true, unknown: true }],
    returns: type,
    partial: true,
    call: ([val]) => convert(val!, type),
  }
}

function passes(): FunctionDefinition {
  return {
    params: [{ type: DYNAMIC, nullable: true, unknown: true }],
    returns: DYNAMIC,
    partial: true,
    call: ([val]) => val!,
  }
}

export function isSensitive(val: Val): boolean {
  return sensitive.has(val)
}

export function markSensitive(val: Val): Val {
  const marked = { ...val }
  sensitive.add(marked)
  return marked
}

export const CONVERSION_FUNCTIONS: FunctionTable = {
  tostring: conversion(STRING),
  tonumber: conversion(NUMBER),
  tobool: conversion(BOOL),
  tolist: conversion(listOf(DYNAMIC)),
  toset: conversion(setOf(DYNAMIC)),
  tomap: conversion(mapOf(DYNAMIC)),
  nonsensitive: passes(),
  ephemeralasnull: passes(),
  sensitive: { ...passes(), call: ([val]) => markSensitive(val!) },
  issensitive: {
    ...passes(),
    call: ([val], { origin }) => {
      if (isSensitive(val!)) return makeBool(true, origin)
      if (val!.origin.from === undefined && val!.kind !== 'unknown') return makeBool(false, origin)
      return {
        kind: 'unknown',
        type: BOOL,
        reason: 'unsupported-function',
        detail: 'what is sensitive is not tracked',
        origin,
      }
    },
  },
  type: { ...passes(), call: () => refuse('type is a function of the console only') },
}
