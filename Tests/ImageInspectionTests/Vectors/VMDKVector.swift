/// A VMDK with its descriptor inside: monolithicSparse, or streamOptimized with a footer.
struct VMDKVector {
    var version: UInt32 = 1
    var capacity: UInt64 = 2048
    var descriptorSector: UInt64 = 1
    var descriptorLength: UInt64 = 20
    var hasFooter = false
    var text = VMDKVector.descriptor()
    /// Changes the footer, whose three sectors begin at 0, 512 and 1024.
    var change: (inout ImageBytes) -> Void = { _ in }

    static func descriptor(
        type: String = "monolithicSparse", extent: String = #"RW 2048 SPARSE "disk.vmdk""#, more: String = ""
    ) -> String {
        """
        # Disk DescriptorFile
        version=1
        CID=fffffffe
        parentCID=ffffffff
        createType="\(type)"
        \(more)
        # Extent description
        \(extent)

        # The Disk Data Base
        #DDB

        ddb.virtualHWVersion = "4"
        ddb.geometry.cylinders = "2"

        """
    }

    private static let atEnd = UInt64.max

    private func header(_ image: inout ImageBytes, at offset: Int, directory: UInt64) {
        image.put("KDMV", at: offset)
        image.little(version, at: offset + 4)
        image.little(UInt32(3), at: offset + 8)
        image.little(capacity, at: offset + 12)
        image.little(UInt64(128), at: offset + 20)
        image.little(descriptorSector, at: offset + 28)
        image.little(descriptorLength, at: offset + 36)
        image.little(UInt32(512), at: offset + 44)
        image.little(directory, at: offset + 56)
    }

    var bytes: [UInt8] {
        var image = ImageBytes(count: 16_384)
        header(&image, at: 0, directory: hasFooter ? Self.atEnd : 26)
        image.put(text, at: 512)
        guard hasFooter else { return image.bytes }
        var footer = ImageBytes(count: 1536)
        footer.little(UInt64(1), at: 0)
        footer.little(UInt32(3), at: 12)
        header(&footer, at: 512, directory: 26)
        change(&footer)
        return image.bytes + footer.bytes
    }
}
