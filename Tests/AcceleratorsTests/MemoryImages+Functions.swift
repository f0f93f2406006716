import Model
import TestImages

extension MemoryImages {
    static let id = ImageID("20000000-0000-4000-8000-000000000001") ?? IDSource.random.next()

    /// With one image of the function that reports have afterwards.
    convenience init(_ properties: [String: String] = ["accel:function_id": FPGAReports.after]) {
        self.init(of: [Self.id: properties])
    }
}
