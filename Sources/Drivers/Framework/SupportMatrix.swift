extension DriverRegistry {
    /// The support matrix page, `docs/drivers/support-matrix.md`, as Markdown.
    public var supportMatrix: String {
        let columns = DriverCapabilities.columns.map(\.title)
        var page = """
            # Support matrix

            Made from the table of drivers in the code; a test compares. What the levels mean, and how they follow from what was
            checked, stands in [levels.md](levels.md), what the laboratory checked in [evidence.md](evidence.md).

            Drivers that program load images on request, and at binding where a device profile names a function. External drivers do
            what their program does.

            | Driver | Level | Since | Rests on | Checked for | \(columns.joined(separator: " | ")) |
            |---|---|---|---|---|\(columns.map { _ in "---|" }.joined())

            """
        let sorted = entries.sorted { $0.name < $1.name }
        for entry in sorted {
            let isThere = entry.support.level != .removed
            page += isThere ? "| [\(entry.name)](\(entry.name).md) " : "| \(entry.name) "
            page += "| \(entry.support.level.rawValue) | \(entry.support.since) "
            page += "| \(entry.support.evidence) | \(isThere ? entry.support.checked : "") "
            for column in DriverCapabilities.columns {
                page += "| \(isThere ? column.text(entry.capabilities) : "") "
            }
            page += "|\n"
        }
        page += "\n"
        for entry in sorted {
            let former = entry.formerName.map { " Known to the reference as `\($0)`, which works too." } ?? ""
            page += "* `\(entry.name)`: \(entry.summary)\(former)\n"
        }
        return page
    }
}

extension DriverCapabilities {
    struct Column: Sendable {
        let title: String
        /// `yes`, or nothing.
        let text: @Sendable (DriverCapabilities) -> String

        init(title: String, _ has: @escaping @Sendable (DriverCapabilities) -> Bool) {
            self.title = title
            text = { has($0) ? "yes" : "" }
        }
    }

    static let columns = [
        Column(title: "Prepares") { $0.prepares }, Column(title: "Cleans") { $0.cleans },
        Column(title: "Programs") { $0.programs }, Column(title: "Partitions") { $0.partitions },
        Column(title: "Live migration") { $0.migratesLive }, Column(title: "Stateful") { $0.isStateful },
        Column(title: "Health") { $0.examines },
    ]
}
