import { describe, expect, it } from 'vitest'
import { dig, itemsOf } from '../../src/base/value.ts'
import type { RenderedUnit } from '../../src/parse/resource.ts'
import { DEPLOYMENTS } from './azure-pairs/deployments.ts'
import { NETWORKS } from './azure-pairs/networks.ts'
import { PLATFORMS } from './azure-pairs/platforms.ts'
import { listResources, renderArm, renderBicep } from './azure-render.ts'

describe.each(Object.entries({ ...NETWORKS, ...DEPLOYMENTS, ...PLATFORMS }))(
  '%s',
  (_, { bicep, arm, inputs, expected }) => {
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
  },
)

describe('a reference by a name that is computed again', () => {
  it('leads to the resource in ARM JSON', () => {
    const { arm } = PLATFORMS['names that are computed wherever they are used']!
    const idIn = ({ resources }: RenderedUnit) => {
      const subnets = dig(resources[1]!.value, 'properties', 'subnets')
      return dig(itemsOf(subnets)[0], 'properties', 'networkSecurityGroup', 'id')
    }
    const [nsg] = renderArm(arm).resources
    expect(idIn(renderArm(arm))).toMatchObject({ reference: { address: nsg!.address, attribute: 'id' } })
  })
})
