import Model
import Testing

@Suite struct AttachmentTests {
    static let function = #""bus":"82","device":"10","domain":"0000","function":"1""#
    static let wide = #""bus":"01","device":"00","domain":"10000","function":"0""#

    /// What the database and the wire have of each kind.
    static let typed: [(AttachHandleType, String)] = [
        (.pci, "{\(function)}"), (.pci, "{\(wide)}"),
        (.pci, #"{\#(function),"managed":"true","physical_network":"physnet1"}"#),
        (.mdev, #"{"asked_type":"nvidia-223",\#(function),"live_migratable":"true","vgpu_mark":"nvidia-223_0"}"#),
        (.mdev, #"{"asked_type":"nvidia-63",\#(function)}"#),
        (.mdev, #"{"asked_type":"mtty-2","parent":"mtty","vgpu_mark":"mtty-2_11"}"#),
        (.nvme, #"{\#(function),"namespace":"3"}"#), (.block, #"{"path":"/dev/disk/by-id/nvme-eui.01"}"#),
        (.block, #"{\#(function),"path":"/dev/disk/by-id/nvme-eui.01"}"#), (.usb, #"{"bus":"1","port":"1.4.2"}"#),
        (.cxl, #"{"region":"region0"}"#),
        (.pci, #"{\#(function),"group":"g1","members":"0000:82:10.1,0001:c1:00.4","one_time_use":"true"}"#),
        (.nvme, #"{\#(function),"group":"d","members":"0000:82:10.1,0000:83:00.0","namespace":"1"}"#),
    ]

    /// What names no target in the form in which this release writes it.
    static let others: [(AttachHandleType, String)] = [
        (.testPCI, #"{"bus":"0c","device":"0","domain":"0000","function":"1"}"#), (.testPCI, "{\(function)}"),
        (.pci, "{}"), (.pci, #"{"bus":"C","device":"00","domain":"0000","function":"0"}"#),
        (.pci, #"{"bus":"82","device":"10","domain":"0","function":"1"}"#),
        (.pci, #"{"bus":"82","device":"+1","domain":"0000","function":"1"}"#), (.mdev, "{\(function)}"),
        (.nvme, #"{\#(function),"namespace":"01"}"#), (.usb, #"{"bus":"01","port":"1"}"#), (.block, #"{"disk":"a/b"}"#),
        (.pci, #"{\#(function),"members":"0000:82:10.1,"}"#), (.pci, #"{\#(function),"members":"0000:82:1F.1"}"#),
        (.other("DAX"), #"{"note":"a \"b\" / ü","region":"dax0.0"}"#),
    ]

    @Test(arguments: typed + others)
    func `what is read is written byte for byte`(type: AttachHandleType, text: String) throws {
        let attachment = try Attachment(type, text: text)
        #expect(try attachment.text() == text)
        #expect(attachment.type == type && AttachHandleType(rawValue: type.rawValue) == type)
        #expect(Attachment(attachment.type, attachment.info) == attachment)
        #expect(Attachment(attachment.target, details: attachment.details) == attachment)
    }

    @Test(arguments: typed) func `every kind has a form`(type: AttachHandleType, text: String) throws {
        if case .other = try Attachment(type, text: text).target { Issue.record("\(text) was not understood") }
    }

    @Test(arguments: others) func `what has another form is kept apart`(type: AttachHandleType, text: String) throws {
        let attachment = try Attachment(type, text: text)
        #expect(attachment.target == .other(type, attachment.info) && attachment.details.isEmpty)
    }

    @Test func `what each kind names`() throws {
        let function = try #require(PCIAddress("0000:82:10.1"))
        let other = try #require(PCIAddress("0001:c1:00.4"))
        let read = try Self.typed.map { try Attachment($0.0, text: $0.1).target }
        #expect(read[0] == .pci(function))
        #expect(read[3] == .mdev(MdevTarget(.function(function), type: "nvidia-223", mark: "nvidia-223_0")))
        #expect(read[5] == .mdev(MdevTarget(.named("mtty"), type: "mtty-2", mark: "mtty-2_11")))
        #expect(read[6] == .nvme(NamespaceTarget(function, number: 3)))
        #expect(read[7] == .block(BlockTarget("/dev/disk/by-id/nvme-eui.01")))
        #expect(read[8] == .block(BlockTarget("/dev/disk/by-id/nvme-eui.01", function: function)))
        guard case .usb(let usb) = read[9] else { throw Fault.internalError("no USB device") }
        #expect(usb.bus == 1 && usb.port == "1.4.2")
        #expect(read[10] == .cxl(region: "region0"))
        #expect(read[11] == .group(GroupTarget("g1", members: [function, other]), of: .pci(function)))
        let group = try Attachment(.pci, text: Self.typed[11].1)
        #expect(group.members == [function, other] && group.address == function && group.isForOneUse)
        #expect(try Attachment(.mdev, text: Self.typed[4].1).askedType == "nvidia-63")
    }

    /// What a target's own pairs say counts, whatever stands beside them.
    @Test func `details name no other target`() throws {
        let function = try #require(PCIAddress("0000:82:10.1"))
        let attachment = Attachment(.pci(function), details: ["bus": "99", "label": "a"])
        #expect(attachment.target == .pci(function) && attachment.details == ["label": "a"])
        let asked = Attachment(.pci(function), details: ["asked_type": "nvidia-558"])
        #expect(asked.askedType == "nvidia-558" && asked.members == nil && !asked.isForOneUse)
    }

    @Test(arguments: ["", "[]", #"{"bus":1}"#]) func `what is no object of texts is refused`(text: String) {
        #expect(throws: Fault.self) { try Attachment(.pci, text: text) }
    }
}
