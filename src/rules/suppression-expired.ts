import { defineRule } from './rule.ts'

/** Found by `configuration.ts`, since the configuration is no part of any state. */
export const suppressionExpired = defineRule({
  id: 'suppression-expired',
  meta: {
    title: "A suppression's last day has passed",
    severity: 'note',
    concepts: ['configuration'],
    layer: 'network-policy',
    why: 'It covers nothing any more: what it accepted is a finding again.',
    fix: 'Remove it, or decide anew and give it a new last day.',
    sources: ['schema/ringfence.schema.json'],
  },
})
