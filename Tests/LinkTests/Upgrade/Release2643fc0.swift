import Foundation
import Link
import Model

/// How release 2643fc0 read messages: every member of every item by its type, and one that is another spoils the whole.
enum Release2643fc0 {
    struct Work: Codable, Equatable {
        enum Kind: String, Codable { case prepare, withdraw, clean }

        enum HandleType: String, Codable {
            case pci = "PCI"
            case mdev = "MDEV"
            case testPCI = "TEST_PCI"
            case nvme = "NVME"
            case block = "BLOCK"
            case usb = "USB"
            case cxl = "CXL"
        }

        let id: WorkItemID
        let kind: Kind
        let handle: AttachHandleID
        let handleType: HandleType
        let handleInfo: [String: String]
        let controlPath: String
        let driver: String
        let request: AcceleratorRequestID?
        let deadline: Int64

        init(_ work: DeviceWork) throws {
            self = try JSONDecoder().decode(Work.self, from: Data(work.item.json.utf8))
        }
    }

    struct State: Decodable {
        let revision: Int64
        let nonce: String
        let work: [Work]
        let disabled: [ResourceProviderID]
        let disabledParts: [ProviderPart]?
        let certificates: CertificateChainHead?
    }

    struct Beat: Decodable {
        let nonce: String?
        let revision: Int64
        let agentVersion: String
        let certificates: CertificateChainHead?
    }

    struct Outcome: Decodable {
        let status: String
        let reason: String?
        let cleaning: CleaningRecord?
    }

    struct Holding: Decodable {
        let instance: InstanceID
        let provider: ResourceProviderID
        let driver: String
        let info: [String: String]
        let resourceClass: String?
    }

    struct Holdings: Decodable { let holdings: [Holding] }

    static func read<Message: Decodable>(_ type: Message.Type, _ bytes: [UInt8]) throws -> Message {
        try JSONDecoder().decode(type, from: Data(bytes))
    }

    static let messages = RecordedMessages(release: "2643fc0")
}
