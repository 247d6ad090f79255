import { expect } from 'vitest'
import { TEMPLATE } from '../azure-render.ts'

/** One deployment written in both languages, and what the documentation says that it deploys. */
export interface Pair {
  readonly bicep: Readonly<Record<string, string>>
  readonly arm: Readonly<Record<string, unknown>>
  /** Parameter files of each. */
  readonly inputs?: { readonly bicep: string; readonly arm: string }
  /** Type and value of each resource, of the value as much as is judged. */
  readonly expected: readonly (readonly [type: string, value: unknown])[]
}

/** What a value that cannot be known prints. */
export const unknown = (detail: RegExp | string) => ({
  $unknown: typeof detail === 'string' ? detail : expect.stringMatching(detail),
})

export const template = (resources: unknown, more: Readonly<Record<string, unknown>> = {}) => ({
  $schema: TEMPLATE,
  contentVersion: '1.0.0.0',
  ...more,
  resources,
})

export const resource = (type: string, name: string, more: Readonly<Record<string, unknown>> = {}) => ({
  type,
  apiVersion: '2024-05-01',
  name,
  ...more,
})

/** A nested deployment with a scope of its own. */
export const deployment = (name: string, inner: unknown, parameters: object, more: object = {}) =>
  resource('Microsoft.Resources/deployments', name, {
    ...more,
    properties: {
      mode: 'Incremental',
      expressionEvaluationOptions: { scope: 'inner' },
      parameters: Object.fromEntries(Object.entries(parameters).map(([key, value]) => [key, { value }])),
      template: inner,
    },
  })
