import { describe, expect, it } from 'vitest'
import { DEPLOYMENTS } from './azure-pairs/deployments.ts'
import { NETWORKS } from './azure-pairs/networks.ts'
import { listResources, renderArm, renderBicep } from './azure-render.ts'

describe.each(Object.entries({ ...NETWORKS, ...DEPLOYMENTS }))('%s', (_, { bicep, arm, inputs, expected }) => {
  const wanted = expected.map(([kind, value]) => ({ kind, value }))

  it('in Bicep', () => {
    const unit = renderBicep(bicep, ...(inputs ? [inputs.bicep] : []))
    expect(unit.problems).toEqual([])
    expect(listResources(unit)).toMatchObject(wanted)
  })

  it('in ARM JSON', () => {
    const unit = renderArm(arm, ...(inputs ? [inputs.arm] : []))
    expect(unit.problems).toEqual([])
    expect(listResources(unit)).toMatchObject(wanted)
  })
})
