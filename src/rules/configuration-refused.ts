import { defineRule } from './rule.ts'

/** Found by `configuration.ts`, since the configuration is no part of any state. */
export const configurationRefused = defineRule({
  id: 'configuration-refused',
  meta: {
    title: 'Configuration of this tool cannot be read',
    severity: 'critical',
    concepts: ['configuration'],
    layer: 'network-policy',
    why: 'Once it is merged, no later change can be judged: every check fails until somebody mends the file.',
    fix: 'Mend the line. An editor that knows the JSON schema of the configuration shows what is allowed there.',
    sources: ['schema/ringfence.schema.json'],
  },
})
