import Drivers
import Foundation
import Glibc
import Host
import Model
import Testing

@testable import Agent

@Suite(.timeLimit(.minutes(1))) struct KernelEventsTests {
    private func message(_ fields: String...) -> [UInt8] { fields.flatMap { Array($0.utf8) + [0] } }

    @Test func readsTheKernelsMessages() {
        let unplugged = KernelEvent(
            message("remove@/devices/pci0000:80/0000:82:00.0", "ACTION=remove", "SUBSYSTEM=pci", "SEQNUM=4711"))
        #expect(unplugged?.action == "remove" && unplugged?.subsystem == "pci")
        #expect(unplugged?.concernsDevices == true)
        let module = KernelEvent(message("add@/module/x", "ACTION=add", "SUBSYSTEM=module"))
        #expect(module?.concernsDevices == false)
        #expect(KernelEvent(message("libudev", "\u{1}\u{2}")) == nil)
        #expect(KernelEvent([]) == nil)
        #expect(KernelEvent(Array(repeating: 0xff, count: 300)) == nil)
    }

    @Test func aSwarmOfEventsIsOneChange() async throws {
        var ends: [Int32] = [0, 0]
        try #require(unsafe socketpair(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0, &ends) == 0)
        let sender = ends[1]
        defer { close(sender) }
        let events = KernelEvents(descriptor: ends[0])
        func send(_ bytes: [UInt8]) {
            let sent = unsafe bytes.withUnsafeBytes { unsafe Glibc.send(sender, $0.baseAddress, $0.count, 0) }
            #expect(sent == bytes.count)
        }
        send(message("add@/module/x", "ACTION=add", "SUBSYSTEM=module"))
        for _ in 0..<8 { send(message("add@/devices/x", "ACTION=add", "SUBSYSTEM=pci")) }
        var changes = events.changes.makeAsyncIterator()
        #expect(await changes.next() != nil)
        send(message("add@/devices/x", "ACTION=bind", "SUBSYSTEM=pci"))
        #expect(await changes.next() != nil)
    }

    /// Whether the machine that runs the tests has such events or not.
    @Test func openingNeedsNoRights() {
        let events = KernelEvents.open()
        _ = events
    }
}
