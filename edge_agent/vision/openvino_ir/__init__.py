"""Turning a network in OpenVINO's intermediate representation into ONNX, without OpenVINO.

Open Model Zoo publishes weights as an .xml that describes layers and edges and a .bin that holds
the constants. `convert` reads both and builds the same network as ONNX for onnxruntime, so that no
second inference library has to be installed. It knows the operators of the networks that the
project uses and refuses every other by name: a network that is converted half is a wrong network.

document    the .xml, checked: layers in an order in which each follows its sources
constants   the .bin: typed arrays out of checked places
graph       the ONNX under construction
operators   one function per operator
conversion  all of it together, with the shapes of every layer compared

The meaning of the operators is that of OpenVINO's operation sets (docs.openvino.ai, "Available
Operation Sets") and of ONNX operator set 13.
"""

from edge_agent.vision.openvino_ir.conversion import VERSION, Told, convert

__all__ = ["VERSION", "Told", "convert"]
