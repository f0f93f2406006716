import ArgumentParser
import Console
import Model

/// The output options of a command, as in `openstack`.
struct OutputOptions: ParsableArguments {
    @Option(
        name: [.customShort("f"), .customLong("format")],
        help: ArgumentHelp("table, json, value or csv.", valueName: "format"))
    var format = Listing.Format.table

    @Option(
        name: [.customShort("c"), .customLong("column")],
        help: ArgumentHelp("A column to show, instead of the default ones; repeatable.", valueName: "column"))
    var column: [String] = []

    func show(_ rows: [JSONValue], _ columns: [String]) { say(Listing(rows, columns: columns)) }

    func show(one object: JSONValue, _ columns: [String]? = nil) { say(Listing(one: object, columns: columns)) }

    private func say(_ listing: Listing) { Reporting.say(whole: listing.text(format, columns: column)) }
}
