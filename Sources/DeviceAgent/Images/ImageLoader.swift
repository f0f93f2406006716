import Drivers
import Link
import Model

/// Has drivers load images: brings their data here by the host's own credentials, and removes them when they were used.
struct ImageLoader: Sendable {
    private let folder: ImageFolder
    private let link: any AgentLink

    init(folder: ImageFolder, link: any AgentLink) {
        self.folder = folder
        self.link = link
    }

    /// Makes everything ready for `load`. Does nothing to the device.
    func fetch(_ work: DeviceWork, for driver: any Driver) async throws(DriverFault) {
        let image = try Self.image(of: work)
        guard driver.capabilities.programs else {
            throw DriverFault("The driver '\(driver.name)' cannot load images onto its devices.")
        }
        try await folder.bring(image, by: fetching(work))
    }

    /// Throws where the device was not touched; what became of it otherwise is in the record.
    func load(
        _ work: DeviceWork, _ order: HandleOrder, by driver: any Driver
    ) async throws(DriverFault) -> ProgrammingRecord {
        let image = try Self.image(of: work)
        let file = try await folder.file(of: image, by: fetching(work))
        var record = ProgrammingRecord()
        do throws(DriverFault) {
            try await driver.program(order, image: file)
        } catch {
            if error.isTransient {
                await folder.release(image)
                throw error
            }
            record.failure = error.text
        }
        await folder.release(image)
        record.logic = await driver.logic(of: order)
        return record
    }

    private func fetching(_ work: DeviceWork) -> ImageFolder.Fetching {
        { [link] take throws(Fault) in try await link.data(of: work.id, take: take) }
    }

    private static func image(of work: DeviceWork) throws(DriverFault) -> WorkImage {
        guard let image = work.image else { throw DriverFault("The work item \(work.id) names no image.") }
        return image
    }
}
