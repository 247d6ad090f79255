import { defineRule } from './rule.ts'

/** Found by `configuration.ts`, since the configuration is no part of any state. */
export const suppressionIneffective = defineRule({
  id: 'suppression-ineffective',
  meta: {
    title: 'A suppression has no effect',
    severity: 'low',
    concepts: ['configuration'],
    layer: 'network-policy',
    why: 'Whoever reads it believes that a finding is accepted, with a reason and until a day. It is not.',
    fix: 'Complete it, correct the name of the rule, or remove it.',
    sources: ['schema/ringfence.schema.json'],
  },
})
