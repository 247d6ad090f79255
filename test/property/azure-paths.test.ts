import { describe, expect, it } from 'vitest'
import { compareState, type Disagreement, engineOf } from '../reference/compare-state.ts'
import { randomQuestions } from '../reference/random-questions.ts'
import { randomState } from '../reference/random-state.ts'
import { languageOf, writeState } from '../reference/write-state.ts'

/** How many states are compared, and from which seed on: `RINGFENCE_STATES=20000 RINGFENCE_SEED=1 npx vitest run test/property/azure-paths`. */
const STATES = Number(process.env['RINGFENCE_STATES'] ?? 500)
const FIRST_SEED = Number(process.env['RINGFENCE_SEED'] ?? 1)
const QUESTIONS = 12

/** Of what the files decide, the engine may leave this part open: its sets do not follow which unknowns are one and the same. */
const MOST_VAGUE = 0.001

/** What to read first when a state fails: the seed gives the whole state again. */
function describeDisagreement(seed: number, { question, reference, engine }: Disagreement): string {
  const { from, to, protocol, port } = question
  const expected = `${reference.allowed}${reference.layers.size > 0 ? ` (${[...reference.layers].join(', ')})` : ''}`
  const steps = engine.steps.map(({ layer, answer, rule }) => `    ${layer} ${answer}: ${rule}`)
  return [
    `seed ${seed} (${languageOf(seed)}): ${from} → ${to} ${protocol} ${port}: ${expected}, not ${engine.answer} (${engine.layer})`,
    ...steps,
  ].join('\n')
}

describe('the walk of one packet', () => {
  it(
    `agrees with the reference on ${STATES} random states`,
    () => {
      const wrong: string[] = []
      let compared = 0
      let vague = 0
      for (let seed = FIRST_SEED; seed < FIRST_SEED + STATES; seed++) {
        const state = randomState(seed)
        const result = compareState(state, writeState(state, languageOf(seed)), randomQuestions(state, seed, QUESTIONS))
        compared += result.compared
        for (const disagreement of result.disagreements) {
          if (disagreement.kind === 'vague') vague++
          else wrong.push(describeDisagreement(seed, disagreement))
        }
      }
      expect(wrong.join('\n')).toBe('')
      expect(vague).toBeLessThanOrEqual(Math.ceil(compared * MOST_VAGUE))
      // Questions with too many worlds are left out; they must stay few.
      expect(compared).toBeGreaterThan(STATES * QUESTIONS * 0.95)
    },
    60_000 + STATES * 100,
  )

  it('sees the state that was made, not an empty one', () => {
    for (let seed = FIRST_SEED; seed < FIRST_SEED + 20; seed++) {
      const state = randomState(seed)
      const { pods, cluster } = state
      const engine = engineOf(writeState(state, languageOf(seed)))
      for (const from of [
        ...pods.map(({ namespace, name }) => `${namespace}/${name}`),
        ...cluster.pools.map(({ name }) => `node/${name}`),
      ]) {
        const { steps } = engine.explain({ from, to: '203.0.113.7', protocol: 'TCP', port: 443 })
        expect(steps.map(({ rule }) => rule).join('\n')).not.toContain('nothing in the state is called')
      }
    }
  })
})
