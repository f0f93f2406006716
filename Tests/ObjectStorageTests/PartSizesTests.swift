import Testing

@testable import ObjectStorage

@Suite struct PartSizesTests {
    @Test func `parts grow as they become many, so that an object can be large`() {
        let sizes = PartSizes(first: 8 << 20)
        #expect(sizes.size(of: 1) == 8 << 20 && sizes.size(of: 2000) == 8 << 20)
        #expect(sizes.size(of: 2001) == 16 << 20 && sizes.size(of: PartSizes.mostParts) == 128 << 20)
        let whole = (1...PartSizes.mostParts).reduce(0) { $0 + sizes.size(of: $1) }
        #expect(whole >> 30 == 484)
    }
}
