import Model

/// Where a function's serial number may be read: an attribute of newer kernels, or the Device Serial Number capability in the
/// extended configuration space, which only root sees.
///
/// Vital product data are left alone: on much hardware reading them takes seconds.
enum PCISerial {
    static func read(_ folder: inout DeviceFolder) -> String? {
        if let text = folder.text("serial_number") { return text.filter { $0 != "-" } }
        // Reading the configuration space of a function that sleeps would wake it.
        guard folder.has("config"), folder.has("current_link_speed"), folder.text("power_state") != "D3cold" else {
            return nil
        }
        // 64 registers at a time; the list of capabilities seldom leaves the first of them.
        var window: [UInt8] = []
        var start = 0
        func word(_ offset: Int) -> UInt32? {
            if offset < start || offset + 4 > start + window.count {
                start = offset
                let path = "\(folder.path)/config"
                guard let bytes = try? folder.root.bytes(path, offset: offset, limit: 256, partial: true),
                    bytes.count >= 4
                else { return nil }
                window = bytes
            }
            let index = offset - start
            return UInt32(window[index]) | UInt32(window[index + 1]) << 8 | UInt32(window[index + 2]) << 16
                | UInt32(window[index + 3]) << 24
        }
        var offset = 0x100
        // The list may be damaged into a ring; a function has no more capabilities than fit.
        for _ in 0..<64 {
            guard let header = word(offset), header != 0, header != 0xffff_ffff else { return nil }
            if header & 0xffff == 0x0003 {
                guard let low = word(offset + 4), let high = word(offset + 8) else { return nil }
                return Hexadecimal.text(high, width: 8) + Hexadecimal.text(low, width: 8)
            }
            offset = Int(header >> 20) & 0xffc
            guard offset >= 0x100 else { return nil }
        }
        return nil
    }
}
