class HaarFaces: pass
class BlockFaces: pass
