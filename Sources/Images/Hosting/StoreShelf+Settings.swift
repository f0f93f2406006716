import FoundationEssentials
import Model
import ObjectStorage
import Settings

extension StoreShelf {
    /// The stores of the settings. Data wait for their import on the medium of the default store.
    ///
    /// Throws 400 where nothing says where data go, or where a file cannot be read.
    init(_ section: ImageSettings, _ settings: Settings) throws(Fault) {
        guard !section.stores.isEmpty else {
            self = try Self.single(section, settings)
            return
        }
        var entries: [Entry] = []
        var stagings: [any ImageStore] = []
        for store in section.stores {
            let (kept, staged) = try Self.places(store.medium)
            entries.append(Entry(store.name, kept, text: store.text, weight: store.weight))
            stagings.append(staged)
        }
        let standard = section.defaultStore.flatMap { name in entries.firstIndex { $0.name.text == name } } ?? 0
        self.init(entries, standard: entries[standard].name, staging: stagings[standard])
    }

    /// One store, `file`, as it was before there could be several.
    private static func single(_ section: ImageSettings, _ settings: Settings) throws(Fault) -> StoreShelf {
        let folder = try folder(section, settings)
        // Replicas on a PostgreSQL database may run on several machines.
        let isShared = settings.database.file == nil
        return StoreShelf(
            [.init("file", FileStore(root: "\(folder)/file", isShared: isShared, needsMark: true))],
            staging: FileStore(root: "\(folder)/staging", isShared: isShared, needsMark: true))
    }

    private static func folder(_ section: ImageSettings, _ settings: Settings) throws(Fault) -> String {
        if let folder = section.folder { return folder }
        guard let file = settings.database.file else {
            throw .badRequest(
                "image.stores, or image.filesystem_store_datadir, is needed with a PostgreSQL database: a store that all replicas reach."
            )
        }
        return URL(filePath: file).deletingLastPathComponent().appending(path: "images").path
    }

    private static func places(
        _ medium: StoreSettings.Medium
    ) throws(Fault) -> (kept: any ImageStore, staged: any ImageStore) {
        switch medium {
        case .folder(let folder, let isShared):
            return (
                FileStore(root: folder, isShared: isShared, needsMark: true),
                FileStore(root: "\(folder)/staging", isShared: isShared, needsMark: true)
            )
        case .bucket(let settings):
            let bucket = try ObjectBucket(
                settings.place, settings.credentials, caFile: settings.certificateAuthority,
                checksum: settings.checksum)
            func store(_ prefix: String) -> ObjectStore {
                ObjectStore(bucket, host: settings.host, prefix: prefix, partSize: settings.partSize, needsMark: true)
            }
            return (store(settings.prefix), store("\(settings.prefix)staging/"))
        }
    }
}
