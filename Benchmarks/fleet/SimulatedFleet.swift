import Foundation
import Link
import LinkClient
import Logging
import Model
import Synchronization

/// The agents' process. On standard input a line `all`; on standard output `all` once every host had a line from the
/// control plane since then and its sign of life was taken.
struct SimulatedFleet {
    static let devices = 8

    let port: Int
    let folder: String
    let count: Int
    private let tally: Tally

    init(port: Int, folder: String, count: Int) {
        self.port = port
        self.folder = folder
        self.count = count
        tally = Tally(count)
    }

    func run() async throws {
        let credentials = try await CredentialFolder(folder + "/unused")
        let logger = Logger(label: "agents", factory: { _ in SwiftLogNoOpLogHandler() })
        let (orders, sink) = AsyncStream.makeStream(of: Void.self)
        let input = FileHandle.standardInput
        input.readabilityHandler = { input in
            let data = input.availableData
            if data.isEmpty {
                input.readabilityHandler = nil
                sink.finish()
            } else {
                sink.yield()
            }
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { [tally] in for await _ in orders { tally.begin() } }
            for number in 0..<count {
                let pem = try String(contentsOfFile: "\(folder)/\(number).pem", encoding: .utf8)
                let link = try HTTPAgentLink(
                    .init(controlPlanes: ["https://127.0.0.1:\(port)"]), credentials: try AgentCredentials(pem: pem),
                    folder: credentials, logger: logger)
                group.addTask { [tally] in await Self.live(number, link, tally) }
                // Hosts are not switched on all at once.
                try await Task.sleep(for: .milliseconds(3))
            }
            // The orders end with the process that gives them.
            try await group.next()
            group.cancelAll()
        }
    }

    private static func live(_ number: Int, _ link: HTTPAgentLink, _ tally: Tally) async {
        var isReported = false
        for await state in link.desiredStates(after: 0) {
            do {
                if !isReported {
                    try await link.report(report(number))
                    isReported = true
                }
                try await link.heartbeat(
                    Heartbeat(nonce: state.nonce, revision: state.revision, agentVersion: "1"))
                tally.count(number)
            } catch { continue }
        }
    }

    static func report(_ number: Int) -> HostReport {
        HostReport(
            generation: 1, devices: (0..<devices).map { device(number, $0) },
            drivers: [DriverReport(name: "pci", supportLevel: "supported")])
    }

    private static func device(_ host: Int, _ number: Int) -> DeviceReport {
        let bus = String(0x10 + number, radix: 16)
        let address = ["domain": "0000", "bus": bus, "device": "00", "function": "0"]
        let name = "compute-\(host)_0000:\(bus):00.0"
        return DeviceReport(
            type: .gpu, vendor: "10de", model: "20b5",
            standardBoardInfo: #"{"product_id": "20b5", "controller": "3D controller"}"#, vendorBoardInfo: nil,
            controlPath: "{\"bus\": \"\(bus)\", \"device\": \"00\", \"domain\": \"0000\", \"function\": \"0\"}",
            driver: "pci",
            deployables: [
                DeployableReport(
                    name: name, resourceProvider: provider(host, number), resourceClass: "PGPU", accelerators: 1,
                    traits: ["OWNER_CYBORG", "CUSTOM_PCI_PRODUCT_ID_20B5"],
                    attributes: [
                        AttributeReport(key: "rc", value: "PGPU"),
                        AttributeReport(key: "trait0", value: "OWNER_CYBORG"),
                        AttributeReport(key: "trait1", value: "CUSTOM_PCI_PRODUCT_ID_20B5"),
                    ],
                    handles: [AttachHandleReport(type: .pci, info: address, needsCleaning: true)])
            ])
    }

    private static func provider(_ host: Int, _ number: Int) -> ResourceProviderID {
        let digits = String(host * devices + number)
        let text = "00000000-0000-4000-8000-" + String(repeating: "0", count: 12 - digits.utf8.count) + digits
        return ResourceProviderID(text) ?? IDSource.random.next()
    }
}
