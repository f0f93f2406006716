import Model
import Store

/// One physical card of a host.
struct Device: Sendable, Equatable {
    /// The state that an operator set.
    enum Status: String, Sendable, CaseIterable {
        case enabled
        /// Nothing new is placed on it.
        case maintaining
    }

    let id: DeviceID
    let number: Int
    let host: HostName
    let driver: String
    let controlPath: String
    let type: String
    let vendor: String
    let model: String
    let standardBoardInfo: String?
    let vendorBoardInfo: String?
    /// The driver's facts for operators, such as NUMA node and IOMMU group: JSON of one object. Few responses show it,
    /// so it is parsed only there.
    let factsText: String
    let status: Status
    let presence: DeviceLifecycle.Presence
    let created: Timestamp
    let updated: Timestamp?

    static let columns: SQL = """
        uuid, number, host, driver, control_path, type, vendor, model, standard_board_info, vendor_board_info, status,
        presence, created_at, updated_at, facts
        """

    init(_ row: borrowing Row) throws {
        id = try row[0]
        number = try row[1]
        host = try row[2]
        driver = try row[3]
        controlPath = try row[4]
        type = try row[5]
        vendor = try row[6]
        model = try row[7]
        standardBoardInfo = try row[8]
        vendorBoardInfo = try row[9]
        status = try row.word(10)
        presence = try row.word(11)
        created = try row[12]
        updated = try row[13]
        factsText = try row[14]
    }
    func facts() throws(Fault) -> [String: String] { try JSONText.decode([String: String].self, from: factsText) }
}
