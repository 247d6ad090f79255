import { describe } from 'vitest'
import { denyAll, deployment, documents } from '../../test/manifests.ts'
import { finds, silent } from '../../test/rule-table.ts'
import { duplicateKey } from './duplicate-key.ts'

const web = deployment('web')

describe('duplicate-key', () => {
  const twice = denyAll().replace(
    '  podSelector: {}\n',
    '  podSelector: {}\n  podSelector: {matchLabels: {app: web}}\n',
  )

  finds(duplicateKey, 'a selector twice', {
    head: documents(web, twice),
    at: 'app.yaml: podSelector: {matchLabels: {app: web}}',
    severity: 'note',
    says: ['podSelector'],
  })
  finds(duplicateKey, 'a second pair', {
    base: documents(web, twice),
    head: documents(web, twice.replace('policyTypes', 'policyTypes: [Ingress]\n  policyTypes')),
    at: 'app.yaml: policyTypes: [Ingress, Egress]',
  })

  silent(duplicateKey, 'the same key in two maps', { head: documents(web, denyAll(), denyAll('pay')) })
  silent(duplicateKey, 'it was so before, and stands elsewhere now', {
    base: { 'a.yaml': documents(web, twice) },
    head: { 'b.yaml': documents(twice, web) },
  })
})
