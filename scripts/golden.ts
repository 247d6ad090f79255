// Rewrites expected.json and expected.md of every case and example. Read the difference as if somebody else had written it:
// an expectation is a judgement.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expectationsOf, listCases, reviewCase } from './case-review.ts'

for (const each of listCases()) {
  for (const [name, text] of expectationsOf(reviewCase(each))) writeFileSync(join(each.folder, name), text)
}
