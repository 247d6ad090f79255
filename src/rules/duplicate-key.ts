import { type Origin, toPlace, writtenText } from '../base/origin.ts'
import { capital } from './hits/listing.ts'
import { defineRule } from './rule.ts'

export const duplicateKey = defineRule({
  id: 'duplicate-key',
  meta: {
    title: 'Key is written twice in one map',
    severity: 'note',
    concepts: ['manifest'],
    layer: 'network-policy',
    why: 'Readers disagree: most take the last one, some the first, some refuse the file, so what is reviewed need not be what is applied.',
    fix: 'Keep one of the two.',
    sources: ['https://yaml.org/spec/1.2.2/#3213-node-comparison'],
  },

  /** Yields a hit for each key that hides one before it, in the files of the state. */
  *check(view) {
    const counts = new Map<string, number>()
    for (const { code, message, at } of view.problems) {
      if (code !== 'duplicate-key' || 'file' in at) continue
      const key = `${holderOf(view.resources, at) ?? toPlace(at).file} ${writtenText(at)}`
      const count = (counts.get(key) ?? 0) + 1
      counts.set(key, count)
      yield {
        resource: holderOf(view.resources, at) ?? firstOf(view.resources, at) ?? at.source.path,
        at,
        subject: `${view.identity(key.slice(0, key.indexOf(' ')))}${key.slice(key.indexOf(' '))} ${count}`,
        message: `${capital(message)}, so what is reviewed need not be what is applied. Keep one.`,
      }
    }
  },
})

type Holder = { readonly address: string; readonly origin: Origin }

function holderOf(resources: readonly Holder[], at: Origin): string | undefined {
  return resources.find(
    ({ origin }) => origin.source.path === at.source.path && origin.start <= at.start && at.end <= origin.end,
  )?.address
}

/** The first resource of the file. */
function firstOf(resources: readonly Holder[], at: Origin): string | undefined {
  return resources.find(({ origin }) => origin.source.path === at.source.path)?.address
}
