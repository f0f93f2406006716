import Testing

@testable import Host

@Suite struct HostEventTests {
    private func event(_ text: String) -> HostEvent? { HostEvent(Array(text.utf8)) }

    @Test func aMessageOfTheKernel() {
        let message = event(
            "add@/devices/pci0000:00/0000:00:02.0\0ACTION=add\0DEVPATH=/devices/pci0000:00/0000:00:02.0\0SUBSYSTEM=pci\0"
                + "PCI_ID=10DE:20B5\0SEQNUM=4711\0")
        #expect(message?.action == "add" && message?.subsystem == "pci" && message?.isOfInterest == true)
        #expect(message?.path == "/devices/pci0000:00/0000:00:02.0")
        #expect(event("change@/x\0ACTION=change\0DEVPATH=/x\0SUBSYSTEM=thermal\0")?.isOfInterest == false)
    }

    @Test(arguments: [
        "", "\0", "libudev\0\u{fe}\u{ed}", "add@/x\0ACTION=add\0", "add@/x",
        "no heading\0ACTION=add\0DEVPATH=/x\0SUBSYSTEM=pci\0",
    ])
    func anythingElse(text: String) { #expect(event(text) == nil) }

    /// Where the machine of the test has such a socket, it opens and ends with its reader.
    @Test func theStreamEnds() async {
        guard let stream = try? HostEvents.stream() else { return }
        let reader = Task {
            for await _ in stream {}
        }
        reader.cancel()
        await reader.value
    }
}
