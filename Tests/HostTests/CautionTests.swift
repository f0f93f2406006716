import Host
import Model
import Testing

@Suite("What is offered when it is named")
struct CautionTests {
    private let host = BuiltHost()

    private func bootDisplay(driver: String?) {
        host.pci("0000:17:00.0", "10de:2230", classCode: "30000", driver: driver)
        host.tree.file("\(host.path("0000:17:00.0"))/boot_vga", "1")
    }

    @Test("a boot display that nobody uses")
    func unusedDisplay() {
        bootDisplay(driver: "vfio-pci")
        #expect(
            host.reasons()["0000:17:00.0"]?.first?.hasPrefix(
                "it is the display that the machine boots with; it is offered where an entry names it") == true)
        #expect(host.reasons(isNamed: true).isEmpty)
        // The text console of old displays stays behind when the card was given to guests.
        host.tree.file("/sys/class/vtconsole/vtcon0/name", "(S) VGA+")
        host.tree.file("/sys/class/vtconsole/vtcon0/bind", "1")
        #expect(host.reasons(isNamed: true).isEmpty)
        host.tree.remove("\(host.path("0000:17:00.0"))/driver")
        #expect(host.reasons(isNamed: true)["0000:17:00.0"]?.first?.hasSuffix("the console writes text on it") == true)
        host.tree.file("/sys/class/vtconsole/vtcon0/bind", "0")
        #expect(host.reasons(isNamed: true).isEmpty)
    }

    @Test("and not one that a driver, the firmware's picture or the console has")
    func usedDisplay() {
        bootDisplay(driver: "ast")
        #expect(host.reasons(isNamed: true)["0000:17:00.0"]?.first?.hasSuffix("'ast' runs it for the host") == true)
        let firmware = BuiltHost()
        firmware.pci("0000:17:00.0", "10de:2230", classCode: "30000", driver: "vfio-pci")
        firmware.tree.file("\(firmware.path("0000:17:00.0"))/boot_vga", "1")
        firmware.tree.link("/sys/class/graphics/fb0", to: "../../devices/platform/efi-framebuffer.0/graphics/fb0")
        #expect(firmware.reasons(isNamed: true).count == 1)
        firmware.tree.remove("/sys/class/graphics/fb0")
        firmware.tree.link("/sys/class/drm/card0", to: "../../devices/platform/simple-framebuffer.0/drm/card0")
        #expect(firmware.reasons(isNamed: true).count == 1)
        firmware.tree.remove("/sys/class/drm/card0")
        firmware.tree.link("/sys/class/drm/card0", to: "../../devices/pci0000:00/0000:17:00.0/drm/card0")
        #expect(firmware.reasons(isNamed: true).isEmpty)
        firmware.tree.link("/sys/class/graphics/fb0", to: "../../devices/pci0000:00/0000:17:00.0/graphics/fb0")
        #expect(firmware.reasons(isNamed: true) == ["0000:17:00.0": ["the console is on fb0"]])
    }

    /// Which module happens to be loaded says nothing of what a card is.
    @Test("classes of memory and of other bridges")
    func classes() {
        for (index, driver) in [nil, "xdma", "vfio-pci"].enumerated() {
            host.pci("0000:0\(index + 1):00.0", "10ee:9038", classCode: "58000", driver: driver)
            host.pci("0000:1\(index + 1):00.0", "8086:a36f", classCode: "50000", driver: driver)
            host.pci("0000:2\(index + 1):00.0", "10de:22a3", classCode: "68000", driver: driver)
        }
        host.pci("0000:31:00.0", "1e98:0001", classCode: "50210", driver: "cxl_pci")
        host.pci("0000:32:00.0", "1e98:0001", classCode: "50210")
        host.pci("0000:33:00.0", "1e98:0001", classCode: "50210", driver: "vfio-pci")
        let broad = host.reasons()
        for index in 1...3 {
            #expect(broad["0000:0\(index):00.0"] == nil, "programmable logic is no memory")
            #expect(broad["0000:1\(index):00.0"]?.first?.hasPrefix("its class is that of memory") == true)
            #expect(broad["0000:2\(index):00.0"]?.first?.hasPrefix("its class is that of a bridge") == true)
        }
        #expect(
            host.reasons(isNamed: true) == [
                "0000:31:00.0": ["it is memory that cxl_pci manages for the host"],
                "0000:32:00.0": ["it is CXL memory, which the host may use without a driver"],
            ])
    }
}
