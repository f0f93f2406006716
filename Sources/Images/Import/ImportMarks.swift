import Model

/// What an import notes among the custom properties of its image, where clients look for it.
enum ImportMarks {
    /// The task; while it is there, no other import begins.
    static let task = "os_glance_import_task"
    static let waiting = "os_glance_importing_to_stores"
    static let failed = "os_glance_failed_import"

    /// The import has begun.
    static func begin(_ task: ImageTaskID, to stores: [StoreName], _ image: inout Image) throws(Fault) {
        var properties = try image.properties.values()
        properties[Self.task] = task.description
        properties[waiting] = stores.map(\.text).joined(separator: ",")
        properties[failed] = ""
        image.properties = ImageProperties(properties)
    }

    /// The import has ended, and these stores do not have the data.
    static func end(failed stores: [StoreName], _ image: inout Image) throws(Fault) {
        var properties = try image.properties.values()
        properties[task] = nil
        properties[waiting] = ""
        properties[failed] = stores.map(\.text).joined(separator: ",")
        image.properties = ImageProperties(properties)
    }
}
